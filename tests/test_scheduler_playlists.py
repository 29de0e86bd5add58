"""Writing playlists: created once, replaced in one call, never empty."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import PlaylistGone, Unreachable
from catalog.models import Pick
from scheduler.playlists import NAME_LIMIT, playlist_name
from storage.drops import Owner
from storage.leases import Overtaken
from tests.fixtures.scheduler import Crash, House, as_track

OWNER = Owner("person", 1)
WEEK = "2026-W02"


def picks_of(house: House, start: int, stop: int) -> list[Pick]:
    """Return picks of some tracks that Spotify has."""
    return [Pick(as_track(track), 0.5) for track in house.sandbox.catalogue.shareable[start:stop]]


def spotify_ids(picks: list[Pick]) -> list[str | None]:
    """Return what the playlist should hold."""
    return [pick.track.spotify_id for pick in picks]


async def test_a_second_week_replaces_in_one_call(house: House) -> None:
    """Created once; from then on one PUT of items, never a moment without tracks."""
    first, second = picks_of(house, 0, 30), picks_of(house, 30, 60)
    url = await house.writer.write(OWNER, "Mia", first, WEEK)
    assert await house.writer.write(OWNER, "Mia", second, "2026-W03") == url
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.name == "Mia's Tastebud"
    assert playlist.track_ids == spotify_ids(second)
    assert house.sandbox.calls.count("spotify", "POST", "/v1/me/playlists") == 1
    assert house.sandbox.calls.count("spotify", "PUT", "/v1/playlists/*/items") == 2
    assert "2026-W03" in playlist.description
    assert "30 tracks" in playlist.description
    kept = await house.storage.playlists.get(OWNER)
    assert kept is not None
    assert kept.written_week == "2026-W03"
    assert kept.marker in playlist.description


async def test_nothing_to_write_is_refused(house: House) -> None:
    """A playlist is never emptied: not even asked for."""
    with pytest.raises(ValueError, match="never emptied"):
        await house.writer.write(OWNER, "Mia", [], WEEK)
    assert house.sandbox.calls.count("spotify") == 0


async def test_a_repeated_track_is_written_once(house: House) -> None:
    """The same id twice among the picks is one entry."""
    picks = picks_of(house, 0, 3)
    await house.writer.write(OWNER, "Mia", [*picks, *picks], WEEK)
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.track_ids == spotify_ids(picks)


@pytest.mark.parametrize("kind", ["drop_after", "malformed", "server_error"])
async def test_an_answer_that_never_came_makes_no_second_playlist(house: House, kind: str) -> None:
    """Whether or not the creation got through, there is one playlist in the end."""
    house.sandbox.faults.inject(kind, "spotify", "/v1/me/playlists", "POST")
    picks = picks_of(house, 0, 5)
    try:
        await house.writer.write(OWNER, "Mia", picks, WEEK)
    except Exception:  # noqa: BLE001 - every way to stop in the middle
        await house.writer.write(OWNER, "Mia", picks, WEEK)
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.track_ids == spotify_ids(picks)


async def test_the_marker_is_looked_for_before_a_second_creation(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ended between creating and remembering: the playlist is found among fifty others."""
    real = house.spotify.create_playlist

    async def ending(name: str, description: str) -> Any:
        await real(name, description)
        raise Crash

    monkeypatch.setattr(house.spotify, "create_playlist", ending)
    with pytest.raises(Crash):
        await house.writer.write(OWNER, "Mia", picks_of(house, 0, 5), WEEK)
    monkeypatch.undo()
    for number in range(60):
        await house.spotify.create_playlist(f"Other {number}", "")
    await house.writer.write(OWNER, "Mia", picks_of(house, 0, 5), WEEK)
    assert len(house.playlist_tracks("Mia's Tastebud")) == 1


async def test_deleted_again_in_the_same_week_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A playlist that is gone is created once a week, not again and again."""
    await house.writer.write(OWNER, "Mia", picks_of(house, 0, 5), WEEK)

    async def gone(playlist_id: str, _spotify_ids: list[str]) -> None:
        raise PlaylistGone(f"{playlist_id} is gone.")

    monkeypatch.setattr(house.spotify, "replace_items", gone)
    for _ in range(3):
        with pytest.raises(PlaylistGone):
            await house.writer.write(OWNER, "Mia", picks_of(house, 0, 5), WEEK)
    assert house.sandbox.calls.count("spotify", "POST", "/v1/me/playlists") == 2


async def test_a_failed_replacement_leaves_last_weeks_tracks(house: House) -> None:
    """Until the new list is there, the old one is."""
    first = picks_of(house, 0, 5)
    await house.writer.write(OWNER, "Mia", first, WEEK)
    house.sandbox.faults.inject("server_error", "spotify", "/v1/playlists/*/items", "PUT", times=None)
    with pytest.raises(Unreachable):
        await house.writer.write(OWNER, "Mia", picks_of(house, 5, 10), "2026-W03")
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.track_ids == spotify_ids(first)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Mia", "Mia's Tastebud"),
        ("  Mia \n\t Lee  ", "Mia Lee's Tastebud"),
        ("\u202eaiM\u200b", "aiM's Tastebud"),
        ("\x00\u200b\u2067", "Somebody's Tastebud"),
        ("", "Somebody's Tastebud"),
        ("<b>&amp;", "<b>&amp;'s Tastebud"),
        ("x" * 500, "x" * 89 + "'s Tastebud"),
    ],
)
def test_names_are_cleaned(name: str, written: str) -> None:
    """Members choose their names: invisible and direction-changing characters go, long ones are cut."""
    assert playlist_name(name) == written


@given(st.text(max_size=300))
def test_any_name_fits(name: str) -> None:
    """Whatever the name, the playlist's is one line within Spotify's limit."""
    written = playlist_name(name)
    assert len(written) <= NAME_LIMIT
    assert written.isprintable()
    assert written == " ".join(written.split())


async def test_a_process_that_was_overtaken_leaves_the_list_alone(house: House) -> None:
    """The one that leads now may have written a newer list already."""
    first, second = picks_of(house, 0, 30), picks_of(house, 30, 60)
    await house.writer.write(OWNER, "Mia", first, WEEK)
    lease = await house.storage.leases.take("asleep")
    house.storage.leases.mine = replace(lease, epoch=lease.epoch - 1)
    with pytest.raises(Overtaken):
        await house.writer.write(OWNER, "Mia", second, "2026-W03")
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.track_ids == spotify_ids(first)
