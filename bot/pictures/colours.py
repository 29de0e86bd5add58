"""The colours of all pictures: light on Discord's dark, apart for colour-blind eyes, never alone in saying a thing."""

BACK, PANEL, LINE = "#14151b", "#1e2029", "#323644"
INK, SOFT, FAINT = "#f5f6f8", "#b4bac8", "#7c8496"  # from 15 to 5 times the contrast of the ground

# Okabe and Ito's hues, lightened for a dark ground: blue and orange differ for every kind of colour blindness.
BLUE, ORANGE, GREEN, VIOLET = "#5cc0f7", "#ffa64d", "#2fd0a5", "#b9a2ff"
ON_BRIGHT = "#101116"  # text upon one of them


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two, `share` of the way from the first."""
    parts = [_channels(one), _channels(other)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*parts, strict=True))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
