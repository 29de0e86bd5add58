"""The same network as an ONNX graph, run by onnxruntime: what the numpy way is compared with.

Needs the packages onnx and onnxruntime, which the product does not: `python -m benchmarks.enrich` leaves the comparison
out where they are absent.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.cnn_weights import EMBEDDING, MIDDLES, POOLED, TEMPO_KERNELS, TIMBRE_KERNELS, Conv, Norm, Weights

Array = npt.NDArray[np.float32]
OPSET = 18


class Graph:
    """An ONNX graph in the making: each method adds a node and returns its output's name."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._make, self._tensor = helper, numpy_helper
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: npt.NDArray[Any]) -> str:
        """Keep an array in the graph."""
        name = f"c{len(self.constants)}"
        self.constants.append(self._tensor.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of one output."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(self._make.make_node(kind, list(inputs), [name], **attributes))
        return name

    def norm(self, inputs: str, norm: Norm, shape: tuple[int, ...]) -> str:
        """Add a batch normalisation that is already folded."""
        scaled = self.node("Mul", inputs, self.constant(norm.scale.reshape(shape)))
        return self.node("Add", scaled, self.constant(norm.shift.reshape(shape)))

    def conv(self, inputs: str, conv: Conv, kernel: Array, before: int, behind: int) -> str:
        """Add convolution, ReLU and normalisation over (patches, channels, frames, bands)."""
        found = self.node("Conv", inputs, self.constant(kernel), self.constant(conv.bias), pads=[before, 0, behind, 0])
        return self.norm(self.node("Relu", found), conv.norm, (1, -1, 1, 1))

    def highest(self, inputs: str, axis: int) -> str:
        """Add a maximum over an axis, which stays with length 1."""
        return self.node("ReduceMax", inputs, self.constant(np.array([axis])), keepdims=1)


def build(weights: Weights) -> bytes:
    """Return the network as an ONNX model: patches (n, frames, bands) to tags, embedding and means over time."""
    graph = Graph()
    bands = graph.norm(graph.node("Unsqueeze", "patches", graph.constant(np.array([1]))), weights.norm(0), (1, 1, 1, 1))
    front = []
    for number in range(len(TIMBRE_KERNELS) + len(TEMPO_KERNELS)):
        conv = weights.conv(number)
        seen = conv.kernel.shape[1]
        found = graph.conv(bands, conv, conv.kernel[:, None], (seen - 1) // 2, seen - 1 - (seen - 1) // 2)
        front.append(graph.highest(found, 3))
    maps = [graph.node("Concat", *front, axis=1)]
    for number in range(len(MIDDLES)):
        conv = weights.conv(len(front) + number)
        found = graph.conv(maps[-1], conv, conv.kernel.transpose(0, 2, 1)[..., None], 3, 3)
        maps.append(graph.node("Add", found, maps[-1]) if number else found)
    everything = graph.node("Concat", *maps, axis=1)
    mean = graph.node("ReduceMean", everything, graph.constant(np.array([2])), keepdims=1)
    both = graph.node("Concat", graph.highest(everything, 2), mean, axis=3)
    flat = graph.node("Reshape", both, graph.constant(np.array([-1, 2 * POOLED])))
    pooled = graph.norm(flat, weights.norm(9), (1, -1))
    dense, tags = weights.dense(0), weights.dense(1)
    hidden = graph.node("Relu", graph.node("Gemm", pooled, graph.constant(dense.kernel), graph.constant(dense.bias)))
    embedding = graph.norm(hidden, weights.norm(10), (1, EMBEDDING))
    logits = graph.node("Gemm", embedding, graph.constant(tags.kernel), graph.constant(tags.bias))
    outputs = {
        "tags": graph.node("Sigmoid", logits),
        "embedding": embedding,
        "pooled": graph.node("Reshape", mean, graph.constant(np.array([-1, POOLED]))),
    }
    return _serialised(graph, outputs)


def _serialised(graph: Graph, outputs: dict[str, str]) -> bytes:
    from onnx import TensorProto, checker, helper

    def values(*names: str) -> list[Any]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", None]) for name in names]

    shape = helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["n", None, None])
    made = helper.make_graph(graph.nodes, "musicnn", [shape], values(*outputs.values()), graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    checker.check_model(model)
    return bytes(model.SerializeToString())


def forward(weights: Weights, threads: int = 1) -> Callable[[Array], list[Array]]:
    """Return what runs patches (n, frames, bands) through onnxruntime: tags, embeddings, means over time."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    session = onnxruntime.InferenceSession(build(weights), options, providers=["CPUExecutionProvider"])
    return lambda patches: session.run(None, {"patches": patches})
