"""Settings and secrets: files, the environment, and what is said of a slip."""

from pathlib import Path

import pytest

from bot.config import DiscordSettings, Secrets, Settings, all_secrets, env_name, secret_names, setting_names
from bot.config_source import load_environ, load_settings
from bot.errors import SettingsError
from catalog.spotify_settings import SpotifySettings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder: the project's own config.toml is not meant here."""
    monkeypatch.chdir(tmp_path)


def file_with(folder: Path, text: str) -> Path:
    """Write a config.toml."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(file: Path | None, environ: dict[str, str]) -> str:
    """Return the sentence that loading ends with."""
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environ)
    return str(caught.value)


def test_without_a_file_everything_has_its_default() -> None:
    """No config.toml is no mistake."""
    assert load_settings(None, {}) == Settings()


def test_config_toml_of_the_working_directory_is_read(tmp_path: Path) -> None:
    """A config.toml is found without being named."""
    file_with(tmp_path, '[discord]\nprefix = "?"\nlike = ["👍", "🔥"]\nchannels = [1, 2]\n')
    assert load_settings(None, {}).discord == DiscordSettings(prefix="?", like=("👍", "🔥"), channels=(1, 2))


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    """A mistyped --config is not taken for an absent file."""
    assert "is not there" in refusal(tmp_path / "confg.toml", {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """An override changes one key and leaves its neighbours."""
    path = file_with(tmp_path, "[spotify]\ndaily_budget = 100\ntimeout = 5\n")
    loaded = load_settings(path, {"TASTEBUD_SPOTIFY__DAILY_BUDGET": "50"})
    assert loaded.spotify == SpotifySettings(daily_budget=50, timeout=5.0)


@pytest.mark.parametrize(
    ("text", "channels"),
    [("1,2", (1, 2)), ("[1, 2]", (1, 2)), ("7", (7,)), ("", ()), (" 3 , 4 ", (3, 4)), ("[]", ())],
)
def test_a_list_in_the_environment_is_json_or_has_commas(text: str, channels: tuple[int, ...]) -> None:
    """Both ways to write a list are read."""
    assert load_settings(None, {"TASTEBUD_DISCORD__CHANNELS": text}).discord.channels == channels


def test_emoji_in_the_environment_are_read_as_a_list() -> None:
    """Text lists work like number lists."""
    loaded = load_settings(None, {"TASTEBUD_DISCORD__LIKE": "👍,❤", "TASTEBUD_DISCORD__DISLIKE": '["👎"]'})
    assert loaded.discord.like == ("👍", "❤")


def test_an_empty_variable_counts_as_absent() -> None:
    """Compose files pass unset variables on as empty ones."""
    assert load_settings(None, {"TASTEBUD_SPOTIFY__TIMEOUT": "", "TASTEBUD_STORAGE__URL": " "}) == Settings()


def test_every_setting_can_be_set_in_the_environment() -> None:
    """The default of each key, written as text, comes back as the default."""
    environ = {}
    for section, keys in setting_names().items():
        for key in keys:
            value = getattr(getattr(Settings(), section), key)
            environ[env_name(section, key)] = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    assert load_settings(None, environ) == Settings()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[discrod]\n", ("discrod", "did you mean discord")),
        ('[discord]\nprefx = "!"\n', ("discord.prefx", "did you mean prefix")),
        ('[discord]\ntoken = "x"\n', ("discord.token", "DISCORD_TOKEN")),
        ('prefix = "!"\n', ("'prefix'", "not known")),
        ("discord = 3\n", ("write [discord]",)),
        ("[discord\n", ("cannot be read",)),
        ("[spotify]\ndaily_budget = 'many'\n", ("spotify.daily_budget", "'many'", "integer")),
        ("[discord]\nlike = '👍'\n", ("discord.like",)),
        ("[discord]\nlike = ['👍']\ndislike = ['👍']\n", ("like and in dislike",)),
        ("[discord]\nlike = []\n", ("like is empty",)),
        ("[discord]\nprefix = ' '\n", ("prefix is",)),
        ("[discord]\nsweep_days = -1\n", ("cannot be below 0",)),
        ("[discord]\napi_base = 'discord.com'\n", ("api_base", "https://")),
        ("[discord]\ngateway_url = 'https://x'\n", ("gateway_url", "ws://")),
        ("[log]\nlevel = 'LOUD'\n", ("level is 'LOUD'", "DEBUG")),
    ],
)
def test_a_slip_in_the_file_is_named_in_one_sentence(tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    """The sentence holds the wrong word and, where one is near, the right one."""
    sentence = refusal(file_with(tmp_path, text), {})
    assert all(part in sentence for part in parts), sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("TASTEBUD_DISCORD__PREFX", "!", ("TASTEBUD_DISCORD__PREFX", "did you mean TASTEBUD_DISCORD__PREFIX")),
        ("TASTEBUD_DISCRD__PREFIX", "!", ("did you mean TASTEBUD_DISCORD__PREFIX",)),
        ("TASTEBUD_KYE", "x", ("TASTEBUD_KYE",)),
        ("TASTEBUD_LOG__LEVEL", "LOUD", ("level is 'LOUD'",)),
        ("TASTEBUD_SPOTIFY__TIMEOUT", "soon", ("TASTEBUD_SPOTIFY__TIMEOUT", "'soon'")),
        ("TASTEBUD_DISCORD__CHANNELS", "[1", ("TASTEBUD_DISCORD__CHANNELS", "JSON")),
        ("TASTEBUD_DISCORD__CHANNELS", "music", ("TASTEBUD_DISCORD__CHANNELS", "'music'")),
    ],
)
def test_a_slip_in_the_environment_is_named(name: str, value: str, parts: tuple[str, ...]) -> None:
    """A misspelt variable is not passed over in silence."""
    sentence = refusal(None, {name: value})
    assert all(part in sentence for part in parts), sentence


def test_a_dotenv_file_speaks_where_the_environment_is_silent(tmp_path: Path) -> None:
    """The real environment wins over .env, which may hold secrets and settings."""
    file = tmp_path / ".env"
    file.write_text('DISCORD_TOKEN="from-file"\nTASTEBUD_LOG__LEVEL=DEBUG\nTASTEBUD_DISCORD__PREFIX=?\n')
    environ = load_environ(file, {"TASTEBUD_DISCORD__PREFIX": "+"})
    loaded = load_settings(None, environ)
    assert (loaded.log.level, loaded.discord.prefix) == ("DEBUG", "+")
    assert all_secrets(Secrets.from_environ(environ))[0].get_secret_value() == "from-file"


def test_an_unreadable_dotenv_file_is_a_sentence(tmp_path: Path) -> None:
    """A binary file by that name is named."""
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_environ(file, {})


def test_secrets_show_nothing_of_themselves() -> None:
    """Neither repr nor str of secrets holds one, and every secret has a variable."""
    secrets = Secrets.from_environ({name: f"hush-{name}" for name in secret_names()})
    assert len(all_secrets(secrets)) == len(secret_names())
    assert "hush" not in repr(secrets) + str(secrets) + repr(secrets.spotify)


def test_secrets_of_spotify_are_whole_or_told_apart() -> None:
    """An empty variable is an absent secret."""
    assert not Secrets.from_environ({"SPOTIFY_CLIENT_ID": "a", "SPOTIFY_CLIENT_SECRET": "  "}).spotify.complete
    assert Secrets.from_environ({"SPOTIFY_CLIENT_ID": "a", "SPOTIFY_CLIENT_SECRET": "b"}).spotify.complete
