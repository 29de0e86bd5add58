"""`python -m sandbox --port N`: serve the music services until Ctrl-C or SIGTERM."""

import asyncio
import signal
from typing import Annotated

import typer
from rich.console import Console

from sandbox.generate import DEFAULT_SEED
from sandbox.server import Sandbox


async def serve(port: int, seed: int, console: Console) -> None:
    """Serve until a signal asks for the end."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with Sandbox(seed=seed, port=port) as sandbox:
        show(sandbox, console)
        await ended.wait()
    console.print("The sandbox has ended.")


def show(sandbox: Sandbox, console: Console) -> None:
    """Print the environment that points `tastebud run` here, one assignment a line."""
    tracks, genres = len(sandbox.catalogue.tracks), len(sandbox.catalogue.genres)
    console.print(
        f"[bold]Spotify, Deezer and services that know of music[/]: {tracks:,} fictional tracks in {genres} genres, "
        f"seed {sandbox.seed}"
    )
    console.print("To run the bot against them, set these and a Discord:\n", style="dim")
    for name, value in sandbox.environment.items():
        console.print(f"[cyan]{name}[/]={value}", soft_wrap=True, highlight=False)
    console.print(f"\nserving on {sandbox.origin} (Ctrl-C ends it)", soft_wrap=True, highlight=False)
    console.file.flush()


def main(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = 8100,
    seed: Annotated[int, typer.Option(help="Another seed makes another catalogue.")] = DEFAULT_SEED,
) -> None:
    """Serve a Spotify, a Deezer and the services that know of music, all fictional, on this computer."""
    console = Console()
    try:
        asyncio.run(serve(port, seed, console))
    except OSError as error:
        console.print(f"Port {port} cannot be used ({error.strerror}): pass another with --port, or 0 for a free one.")
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
