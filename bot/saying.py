"""What a member says beside the links: their words alone. Pure."""

import re

from bot.text import clean, cut

MOST = 300
"""Characters kept: more is a story, and the first words say what the track is like."""

# Links of any kind, Discord's own codes (people, roles, channels, emoji, times, commands), and emoji by name.
_CODES = re.compile(
    r"<?(?:[a-z][a-z0-9+.\-]{1,20}:/{2}|www\.|spotify:)\S+"
    r"|(?<![\w@])[\w\-]+(?:\.[\w\-]+)+/\S*"
    r"|<[@#]\S{1,40}?>|</[^<>]{1,100}?:\d+>|<a?:\w{1,40}:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
    r"|:\w{1,40}:|@(?:everyone|here)\b",
    re.IGNORECASE,
)


def words_of(content: str) -> str:
    """Return a message without its links, mentions and codes of emoji, on one line and not too long."""
    return cut(clean(_CODES.sub(" ", content)), MOST)
