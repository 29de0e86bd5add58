"""The demo counts honestly: it is played for a week, and what it claims is broken on purpose."""

import io

import pytest
from rich.console import Console

from sandbox.catalogue import make_catalogue
from sandbox.demo.audit import (
    count_announcements,
    count_duplicates,
    count_lost,
    iso_week,
    judge,
    lists_of,
    playlists_of,
)
from sandbox.demo.guest import Guest
from sandbox.demo.play import Play
from sandbox.demo.run import Outcome
from sandbox.demo.show import Show
from sandbox.demo.stage import NAMES, Stage, heard, open_stage
from sandbox.demo.tastes import Heard, draw_tastes

SEED = 3


def quiet() -> tuple[Show, io.StringIO]:
    """Return a show that writes into memory."""
    page = io.StringIO()
    return Show(Console(file=page, width=100)), page


async def guest_says(stage: Stage, monkeypatch: pytest.MonkeyPatch, *lines: str) -> str:
    """Let somebody at the terminal type these lines; return what they saw."""
    page = io.StringIO()
    console = Console(file=page, width=100)
    typed = iter([*lines, "quit"])
    monkeypatch.setattr(console, "input", lambda _prompt: next(typed))
    await Guest(stage, stage.guild.add_member(stage.env.create_user("You")), console).stay()
    return page.getvalue()


async def test_a_week_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody gets a list, nothing is lost or doubled; and what is lost or doubled would be counted."""
    show, page = quiet()
    async with open_stage(SEED) as stage:
        play = Play(stage, show)
        with show.begin(1):
            await play.week({})
        lists = await lists_of(stage, iso_week(stage.clock.now()))
        week = judge(stage, 1, lists, play.said, count_announcements(stage).total())
        show.week(week)
        show.playlist("Mia", ["somewhere"], lists["Mia"])
        assert set(lists) == set(NAMES)
        assert len(playlists_of(stage)) == week.drops == len(NAMES) + 1
        assert week.announcements == 1
        assert week.picks > 20 * len(NAMES)
        assert await count_lost(stage, play.said) == 0
        assert count_duplicates(stage) == 0
        assert "1 announcement" in page.getvalue()

        saw = await guest_says(
            stage, monkeypatch, "!help", "/discover count=2", "+1", "+99", stage.catalogue.shareable[0].spotify_url
        )
        assert "learns what you like" in saw
        assert "only you see this" in saw
        assert "reacted 👍" in saw
        assert "there is no message 99 above" in saw

        playlist = playlists_of(stage)[0]
        playlist.entries.append(playlist.entries[0])
        assert count_duplicates(stage) == 1
        message_id, (sharer, _) = next(iter(play.said.shares.items()))
        await stage.services.storage.shares.remove([message_id])
        opinions = sum(
            len(reaction.user_ids) for reaction in stage.env.backend.get_message(stage.channel.id, message_id).reactions
        )
        assert await count_lost(stage, play.said) == opinions - 2 + 1, (
            f"the bot's own two thumbs, and {sharer.name}'s share"
        )


def test_hidden_tastes_are_drawn_apart_from_any_model() -> None:
    """The same seed gives the same people, who answer the same every time; genres decide, not features."""
    genres = [f"genre {number}" for number in range(12)]
    tastes = draw_tastes(NAMES, genres, SEED)
    again = draw_tastes(NAMES, genres, SEED)
    tracks = [Heard(str(number), f"artist {number % 40}", (genres[number % 12],), 0.5) for number in range(600)]
    for name in NAMES:
        answers = [tastes[name].likes(track) for track in tracks]
        assert answers == [again[name].likes(track) for track in tracks]
        assert 0.05 < sum(answers) / len(answers) < 0.6
        loved = [tastes[name].likes(track) for track in tracks if track.genres[0] in tastes[name].loved]
        assert sum(loved) / len(loved) > sum(answers) / len(answers)
    assert [tastes[name].contrarian for name in NAMES].count(True) == 2


def test_what_a_member_hears() -> None:
    """A track is its recording: two ids of one recording are liked or not liked together."""
    entries: dict[int, list[Heard]] = {}
    for track in make_catalogue(SEED, hostile=False).shareable:
        entries.setdefault(track.recording, []).append(heard(track))
    twins = [each for each in entries.values() if len(each) > 1]
    taste = draw_tastes(NAMES, sorted(make_catalogue(SEED).genres), SEED)["Mia"]
    assert twins
    assert all(len({taste.likes(one) for one in each}) == 1 for each in twins)


@pytest.mark.parametrize(("lost", "duplicates", "word"), [(0, 0, "ok"), (1, 0, "failed"), (0, 2, "failed")])
def test_the_last_line(lost: int, duplicates: int, word: str) -> None:
    """It is plain text with every figure."""
    outcome = Outcome(12, 4, 190, 1_100, 13, 1_440, 0.612, 0.377, lost, duplicates)
    assert str(outcome) == (
        f"demo: {word} members=12 weeks=4 shares=190 reactions=1100 playlists=13 picks=1440 "
        f"hit_rate=0.61 random=0.38 lost={lost} duplicates={duplicates}"
    )
    assert outcome.ok is (word == "ok")
