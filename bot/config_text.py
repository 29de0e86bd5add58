"""config.toml, .env.example and the README's table, written from the settings themselves, so that none drifts.

`make docs` writes them anew.
"""

import inspect
import json
import re
from dataclasses import fields
from pathlib import Path
from textwrap import wrap
from typing import Any

from bot.config import Secrets, Settings, env_name

WIDTH = 116
HEAD = """\
# Tastebud's settings. Every one is shown with its default; delete what you do not change.
# The environment wins: TASTEBUD_<SECTION>__<KEY>, such as {example}.
# Secrets (tokens, keys) stand in the environment or in .env alone: see .env.example.
"""
ENV_HEAD = """\
# Copy this file to .env and fill it in; nobody else should be able to read it (chmod 600 .env).
# The bot needs the first; playlists need the two after it, and an account linked with `tastebud link`.
"""
TABLE_HEAD = "| setting | default | meaning |\n|---|---|---|\n"
TABLE_BEGIN, TABLE_END = "<!-- settings:begin -->\n", "<!-- settings:end -->"
_LINE = re.compile(r"^(\w+): (.*)$")


def render() -> str:
    """Return a config.toml with every setting, its meaning and its default."""
    parts = [HEAD.format(example=env_name("discord", "prefix") + "='?'")]
    for section in fields(Settings):
        home: Any = section.type
        said = meanings(home)
        parts.append(f"\n[{section.name}]\n# {_first_line(home)}\n")
        parts.extend(
            f"{_comment(said[each.name])}{each.name} = {_toml(getattr(home(), each.name))}\n" for each in fields(home)
        )
    return "".join(parts)


def render_env() -> str:
    """Return a .env.example with every secret and its meaning."""
    said = meanings(Secrets)
    return ENV_HEAD + "".join(f"\n{_comment(said[each.name])}{each.name.upper()}=\n" for each in fields(Secrets))


def render_table() -> str:
    """Return the README's table of every setting, between its marks."""
    rows = []
    for section in fields(Settings):
        home: Any = section.type
        said = meanings(home)
        for each in fields(home):
            cells = (f"`{section.name}.{each.name}`", f"`{_toml(getattr(home(), each.name))}`", said[each.name])
            rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    return f"{TABLE_BEGIN}{TABLE_HEAD}{''.join(rows)}{TABLE_END}"


def with_table(readme: str) -> str:
    """Return a README with its table of settings as it is now."""
    before, _, rest = readme.partition(TABLE_BEGIN)
    return before + render_table() + rest.partition(TABLE_END)[2]


def meanings(section: type) -> dict[str, str]:
    """Return what the class docstring says of each field, in its lines `name: text`."""
    found: dict[str, str] = {}
    current = ""
    names = {each.name for each in fields(section)}
    for line in (inspect.getdoc(section) or "").splitlines()[1:]:
        match = _LINE.match(line)
        if match and match[1] in names:
            current = match[1]
            found[current] = match[2]
        elif current and line.strip():
            found[current] += f" {line.strip()}"
        else:
            current = ""
    return found


def _first_line(section: type) -> str:
    return (inspect.getdoc(section) or "").splitlines()[0]


def _comment(text: str) -> str:
    if text.split()[0].isalpha():
        text = text[0].upper() + text[1:]
    return "".join(f"# {line}\n" for line in wrap(text, WIDTH))


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


if __name__ == "__main__":
    Path("config.toml").write_text(render(), encoding="utf-8")
    Path(".env.example").write_text(render_env(), encoding="utf-8")
    page = Path("README.md")
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
