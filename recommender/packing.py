"""Fitted models as bytes and back: an npz archive of plain arrays, never pickle, which runs code on load."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar, get_type_hints

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Part = TypeVar("Part", bound=DataclassInstance)
else:
    Part = TypeVar("Part")

VERSION = "version"


def pack(version: int, parts: Mapping[str, Any], name: str, table: Mapping[int, Any]) -> bytes:
    """Return an archive of dataclasses of arrays and numbers, and of one table of such by id.

    A table's rows are laid end to end, field by field, so that thousands of rows stay a handful of arrays.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {VERSION: np.array(version)}
    for part_name, part in parts.items():
        _flatten(part_name, part, arrays)
    ids = sorted(table)
    arrays[f"{name}.ids"] = np.array(ids, dtype=np.int64)
    for field in fields(table[ids[0]]) if ids else ():
        rows = [getattr(table[row], field.name) for row in ids]
        arrays[f"{name}.{field.name}.sizes"] = np.array([len(row) for row in rows], dtype=np.int64)
        arrays[f"{name}.{field.name}"] = np.concatenate(rows)
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _flatten(name: str, value: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    if is_dataclass(value):
        for field in fields(value):
            _flatten(f"{name}.{field.name}", getattr(value, field.name), arrays)
    else:
        arrays[name] = np.asarray(value)


class Archive:
    """What `pack` wrote, open for reading; raises ValueError with a sentence for anything else."""

    def __init__(self, blob: bytes, version: int) -> None:
        try:
            self._file = np.load(io.BytesIO(blob), allow_pickle=False)
            found = int(self._file[VERSION])
        except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise ValueError("The stored taste model cannot be read; fit it again.") from error
        if found != version:
            raise ValueError(f"The stored taste model is of version {found}, not {version}; fit it again.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def part(self, name: str, kind: type[Part]) -> Part:
        """Return the dataclass packed under that name."""
        values: dict[str, Any] = {}
        for field, hint in get_type_hints(kind).items():
            path = f"{name}.{field}"
            if is_dataclass(hint):
                values[field] = self.part(path, hint)  # type: ignore[arg-type]
            else:
                values[field] = hint(self._file[path]) if hint in (int, float) else self._file[path]
        return kind(**values)

    def table(self, name: str, kind: type[Part]) -> dict[int, Part]:
        """Return the table packed under that name, by id."""
        ids = self._file[f"{name}.ids"].tolist()
        if not ids:
            return {}
        columns = [self._column(f"{name}.{field.name}") for field in fields(kind)]
        return {row: kind(*values) for row, values in zip(ids, zip(*columns, strict=True), strict=True)}

    def _column(self, path: str) -> list[Any]:
        return np.split(self._file[path], np.cumsum(self._file[f"{path}.sizes"])[:-1])
