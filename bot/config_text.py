"""config.toml and .env.example, written from the settings themselves, so that they cannot drift from them."""

import inspect
import json
import re
from dataclasses import fields
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
