"""Documentation against the code: what exists is described, and what is described exists."""

from pathlib import Path

import pytest
import typer

from bot import commands_text
from bot.__main__ import app
from bot.cogs import COGS
from bot.config import Secrets, Settings, secret_names, setting_names
from bot.config_source import load_settings
from bot.config_text import meanings, render, render_env, with_table
from bot.help_pages import GROUPS

ROOT = Path(__file__).parents[1]
SETTINGS = [(section, key) for section, keys in setting_names().items() for key in keys]
COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands if command.callback)


@pytest.fixture(scope="module")
def readme() -> str:
    """Return the README."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_config_toml_is_what_the_code_says() -> None:
    """Write it anew with `make docs` after changing a setting."""
    assert (ROOT / "config.toml").read_text(encoding="utf-8") == render()


def test_config_toml_holds_the_defaults() -> None:
    """Reading the file as it is delivered changes nothing."""
    assert load_settings(ROOT / "config.toml", {}) == Settings()


def test_env_example_is_what_the_code_says() -> None:
    """Every secret stands in it, empty, with its meaning."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert text == render_env()
    assert all(f"\n{name}=\n" in text for name in secret_names())


@pytest.mark.parametrize(("section", "key"), SETTINGS)
def test_every_setting_has_a_meaning(section: str, key: str) -> None:
    """A dataclass says of each field what it turns."""
    home = type(getattr(Settings(), section))
    assert len(meanings(home).get(key, "")) > len("whether")


def test_the_readme_shows_every_setting(readme: str) -> None:
    """Its table is what the code says; `make docs` writes it anew."""
    assert with_table(readme) == readme
    assert all(f"`{section}.{key}`" in readme for section, key in SETTINGS)


@pytest.mark.parametrize("name", secret_names())
def test_every_secret_is_in_the_readme(readme: str, name: str) -> None:
    """By its variable."""
    assert name in readme


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(readme: str, name: str) -> None:
    """As it is typed."""
    assert f"tastebud {name}" in readme


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    """In the help that `tastebud --help` shows."""
    group = typer.main.get_group(app)
    assert (group.commands[name].help or "").endswith(".")


def test_meanings_of_secrets_are_complete() -> None:
    """Secrets are described like settings."""
    assert {name.upper() for name in meanings(Secrets)} == set(secret_names())


@pytest.mark.parametrize("name", sorted({each.name for cog in COGS for each in cog.__cog_commands__}))
def test_every_discord_command_is_in_the_readme(readme: str, name: str) -> None:
    """As members type it."""
    assert f"`!{name}" in readme


def test_the_page_of_commands_is_what_the_code_says() -> None:
    """Write it anew with `make docs` after changing a command."""
    assert (ROOT / commands_text.PAGE).read_text(encoding="utf-8") == commands_text.render()


def test_no_two_commands_share_a_name() -> None:
    """Aliases too: discord.py would refuse to start."""
    every = [name for cog in COGS for each in cog.__cog_commands__ for name in (each.name, *aliases_of(each))]
    assert sorted(every) == sorted(set(every))


def test_every_command_belongs_to_a_group_of_the_help() -> None:
    """What people want leads to it; nothing is left under More."""
    named = {name for group in GROUPS for name in group.names} | {"help"}
    assert {each.name for cog in COGS for each in cog.__cog_commands__} <= named


def test_every_command_says_in_the_page_who_sees_its_answer_and_how_often_it_may_be_used() -> None:
    """Each has a pace but the owner's own."""
    sections = {text.partition("\n")[0]: text for text in commands_text.render().split("### ")[1:]}
    assert all("- answer: " in text for text in sections.values())
    assert {name for name, text in sections.items() if "- pace: " not in text} <= {"doctor"}


def aliases_of(command: object) -> list[str]:
    """Return the other names of a typed command."""
    return list(getattr(command, "aliases", ()))
