"""The command line: `tastebud` alone runs the bot. Commands import what they need when they are called."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.errors import StartError

DEMO_SEED = 7
DEMO_WEEKS = 4

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    help="A Discord bot that learns each member's music taste and writes them a weekly playlist on Spotify.",
)
audio = typer.Typer(no_args_is_help=True, help="Hear previews by a convolutional network.")
app.add_typer(audio, name="audio")
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; TASTEBUD_CONFIG or ./config.toml if there is one."),
]


@app.callback(invoke_without_command=True)
def tastebud(
    context: typer.Context,
    config: ConfigOption = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    """Run the bot, unless another command is named."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"tastebud {installed('tastebud')}")
        raise typer.Exit
    context.obj = config
    if context.invoked_subcommand is None:
        run(context, config)


@app.command()
def run(context: typer.Context, config: ConfigOption = None) -> None:
    """Run the bot and its scheduler until told to stop."""
    from bot import cli

    raise typer.Exit(cli.run(config or context.obj))


@app.command()
def link(
    context: typer.Context,
    config: ConfigOption = None,
    browser: Annotated[bool, typer.Option(help="Open the consent page in this machine's browser.")] = True,
) -> None:
    """Link the Spotify account that owns the playlists."""
    from bot import cli

    raise typer.Exit(cli.link(config or context.obj, browser=browser))


@app.command()
def drop(
    context: typer.Context,
    config: ConfigOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who is due, and write nothing.")] = False,
) -> None:
    """Make this week's drops of everybody now, without waiting for their hour."""
    from bot import cli

    raise typer.Exit(cli.drop(config or context.obj, dry_run=dry_run))


@app.command()
def health(context: typer.Context, config: ConfigOption = None) -> None:
    """Exit with 0 while the bot is running on this database."""
    from bot import cli

    raise typer.Exit(cli.health(config or context.obj))


@app.command()
def quota(context: typer.Context, config: ConfigOption = None) -> None:
    """Show the calls made today, a service a line, and pauses that services asked for."""
    from bot import cli

    raise typer.Exit(cli.quota(config or context.obj))


@audio.command(name="install")
def audio_install(
    context: typer.Context,
    config: ConfigOption = None,
    wheel: Annotated[
        Path | None, typer.Option("--wheel", help="The package's wheel, fetched elsewhere, for a machine offline.")
    ] = None,
) -> None:
    """Fetch the network's weights, once (29 MB)."""
    from bot import cli

    raise typer.Exit(cli.audio_install(config or context.obj, wheel))


@audio.command(name="show")
def audio_show(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A clip: mp3, ogg, flac or wav.")],
    config: ConfigOption = None,
) -> None:
    """Show what the network hears in a clip."""
    from bot import cli

    raise typer.Exit(cli.audio_show(config or context.obj, file))


@app.command(name="config")
def show_config() -> None:
    """Print a config.toml with every setting, its meaning and its default."""
    from bot.config_text import render

    typer.echo(render(), nl=False)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="What the members, their tastes and the music are drawn from.")] = DEMO_SEED,
    weeks: Annotated[int, typer.Option(min=1, help="Weeks of accelerated time.")] = DEMO_WEEKS,
    interactive: Annotated[bool, typer.Option("--interactive", help="Join as a member: type, react, ask.")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="Serve a page of the channel to act in.")] = False,
) -> None:
    """Watch twelve members, four weeks and thirteen playlists, with no account anywhere."""
    try:
        from sandbox.demo.run import play
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "simcord":
            _leave("The demo needs simcord: run pip install 'tastebud[demo]'.")
        raise
    raise typer.Exit(play(seed, interactive=interactive, open_page=open_page, weeks=weeks))


def _leave(sentence: str, code: int = StartError.exit_code) -> NoReturn:
    typer.echo(f"tastebud: {sentence}", err=True)
    raise typer.Exit(code)


def main() -> None:
    """Begin here: `tastebud` and `python -m bot`."""
    app()


if __name__ == "__main__":
    main()
