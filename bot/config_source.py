"""Read settings from config.toml and the environment, naming whatever is misspelt or of the wrong kind."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource

from bot.config import Settings, env_name, secret_names, setting_names
from bot.errors import SettingsError

DEFAULT_FILE = Path("config.toml")
ENV_PREFIX = "TASTEBUD_"
CONFIG_VARIABLE = "TASTEBUD_CONFIG"  # what --config says, for containers
HOW_TO_SPELL = f"every setting has a name {ENV_PREFIX}<SECTION>__<KEY>"

_Values = dict[str, dict[str, Any]]


def load_environ(env_file: Path = Path(".env"), environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment, with what a .env file says where the environment is silent."""
    try:
        written = DotEnvSettingsSource(BaseSettings, env_file=env_file, case_sensitive=True).env_vars
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file} cannot be read ({error}): make it a text file in UTF-8.") from error
    return {key: value for key, value in written.items() if value is not None} | dict(
        os.environ if environ is None else environ
    )


def load_settings(file: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a file, overridden by the environment; without a file, the defaults.

    Raises:
        SettingsError: a misspelt name, a value of the wrong kind, or a named file that is not there.
    """
    path = file or DEFAULT_FILE
    if file and not file.is_file():
        raise SettingsError(f"{file} is not there: name an existing file with --config, or leave the option out.")
    from_file = _read_file(path) if path.is_file() else {}
    from_environ = _read_environ(environ)
    values = {name: from_file.get(name, {}) | from_environ.get(name, {}) for name in setting_names()}
    try:
        return TypeAdapter(Settings).validate_python(values)
    except ValidationError as error:
        raise SettingsError(_sentence(error, path, from_environ)) from error


def _read_file(path: Path) -> _Values:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    known = setting_names()
    for section, values in document.items():
        if section not in known:
            raise SettingsError(f"{path} has a section or key {section!r} that is not known{_suggest(section, known)}.")
        if not isinstance(values, dict):
            raise SettingsError(f"{path}: {section} is a section: write [{section}] and its settings below.")
        for key in values:
            if key not in known[section]:
                raise SettingsError(f"{path} has a setting {section}.{key} that is not known{_hint(section, key)}.")
    return document


def _hint(section: str, key: str) -> str:
    """Say what was perhaps meant; people put secrets beside the settings."""
    secret = f"{section}_{key}".upper()
    if secret in secret_names():
        return f": secrets stand in the environment or in .env alone, this one as {secret}"
    return _suggest(key, setting_names()[section])


def _suggest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?".rstrip("?") if close else ""


def _read_environ(environ: Mapping[str, str]) -> _Values:
    names = {env_name(section, key): (section, key) for section, keys in setting_names().items() for key in keys}
    found: _Values = {}
    for name, text in environ.items():
        if not name.startswith(ENV_PREFIX) or name in (*secret_names(), CONFIG_VARIABLE):
            continue
        if name not in names:
            suggestion = _suggest(name, [*names, *secret_names()]) or f": {HOW_TO_SPELL}"
            raise SettingsError(f"The environment variable {name} is not known{suggestion}.")
        section, key = names[name]
        if text.strip():  # compose files pass unset variables on as empty ones
            found.setdefault(section, {})[key] = _as_list(name, text) if _is_list(section, key) else text.strip()
    return found


def _is_list(section: str, key: str) -> bool:
    """Tell whether a setting holds several values."""
    home = next(each.type for each in fields(Settings) if each.name == section)
    return "tuple" in str(get_type_hints(home)[key])


def _as_list(name: str, text: str) -> list[Any]:
    """Read a JSON list, or values with commas between them."""
    if text.strip().startswith("["):
        try:
            return list(loads(text))
        except JSONDecodeError as error:
            raise SettingsError(f'{name} is no JSON list: write ["a", "b"], or a, b without brackets.') from error
    return [part.strip() for part in text.split(",") if part.strip()]


def _sentence(error: ValidationError, path: Path, from_environ: _Values) -> str:
    """Say where the first wrong value stands and what is wrong with it."""
    first = error.errors(include_url=False)[0]
    section, *rest = (str(part) for part in first["loc"])
    if "error" in first.get("ctx", {}):  # a section's own check: its message is the sentence
        return f"Settings, section {section}: {first['ctx']['error']}"
    key = rest[0] if rest else ""
    where = env_name(section, key) if key in from_environ.get(section, {}) else f"{section}.{key} in {path}"
    complaint = first["msg"][0].lower() + first["msg"][1:]
    return f"{where} is {first['input']!r}: {complaint}."
