"""The Spotify client against the sandbox, over real HTTP."""

import asyncio
from datetime import timedelta

import pytest

from catalog.errors import GrantLost, NotLinked, PlaylistGone, PremiumNeeded, Refused, Unreachable
from catalog.matching import gate
from catalog.spotify import Spotify, SpotifySecrets
from sandbox.clock import FastClock
from sandbox.faults import DAY_SECONDS, FaultKind
from sandbox.server import Sandbox
from tests.fixtures.catalog import MakeSpotify, MemoryLedger

NAME, TEXT = "Tastebud: Ada", "Week 2026-W02 · tb-0a1b2c"


def ids_of(sandbox: Sandbox, count: int) -> list[str]:
    """Return the ids of that many tracks of the sandbox."""
    return [track.spotify_id for track in sandbox.catalogue.shareable[:count]]


async def test_a_track_is_read_whole(
    spotify: Spotify, sandbox: Sandbox, ledger: MemoryLedger, clock: FastClock
) -> None:
    """Title, artists, album, year, length, ISRC: one counted call."""
    wanted = next(track for track in sandbox.catalogue.shareable if track.isrc and len(track.artists) > 1)
    track = await spotify.track(wanted.spotify_id)
    assert track is not None
    assert (track.title, track.byline, track.isrc) == (wanted.full_title, wanted.byline, wanted.isrc)
    assert (track.spotify_id, track.duration_ms) == (wanted.spotify_id, wanted.duration_ms)
    assert (track.album, str(track.year)) == (wanted.album.title, wanted.album.release_date[:4])
    assert await ledger.spent("spotify", "get", clock.now()) == 1
    assert sandbox.calls.count("spotify", "GET", "/v1/tracks/*") == 1


@pytest.mark.parametrize("track_id", ["a" * 22, "z" * 22])
async def test_an_unknown_track_is_a_miss(spotify: Spotify, track_id: str) -> None:
    """Neither an unknown id nor one that Spotify calls invalid is an error."""
    assert await spotify.track(track_id) is None


async def test_tracks_and_search_need_no_account(make_spotify: MakeSpotify, sandbox: Sandbox) -> None:
    """With the app's id and secret alone, links resolve; playlists do not."""
    spotify = make_spotify(
        sandbox.spotify_api_base, sandbox.accounts_base, SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    )
    (track_id,) = ids_of(sandbox, 1)
    assert await spotify.track(track_id) is not None
    with pytest.raises(NotLinked):
        await spotify.create_playlist(NAME, TEXT)


async def test_search_finds_by_isrc_and_by_words(spotify: Spotify, sandbox: Sandbox) -> None:
    """Both ask for ten hits and no more, and null hits are left out."""
    sandbox.spotify.null_hits = 2
    wanted = next(track for track in sandbox.catalogue.shareable if track.isrc and not track.version)
    track = await spotify.track(wanted.spotify_id)
    assert track is not None
    assert wanted.isrc in {hit.isrc for hit in await spotify.search_isrc(wanted.isrc or "")}
    hits = await spotify.search(track.title, track.artists[0].name)
    assert any(gate(track, hit) for hit in hits)
    assert [call.query["limit"] for call in sandbox.calls.find(path="/v1/search")] == ["10", "10"]
    assert await spotify.search('no "such" track', "nobody at all") == []


async def test_a_malformed_isrc_is_not_asked_for(spotify: Spotify, sandbox: Sandbox) -> None:
    """It could match anything."""
    assert await spotify.search_isrc('x" artist:"y') == []
    assert sandbox.calls.count() == 0


async def test_the_days_budget_is_kept(make_spotify: MakeSpotify, sandbox: Sandbox, clock: FastClock) -> None:
    """At the budget's end look-ups are refused without a call; tomorrow there are more."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    spotify = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets, daily_budget=2)
    first, second, third = ids_of(sandbox, 3)
    await spotify.track(first)
    await spotify.track(second)
    with pytest.raises(Refused, match="16 hours") as raised:
        await spotify.track(third)
    assert raised.value.retry_after == timedelta(hours=16).total_seconds()
    assert sandbox.calls.count("spotify", "GET", "/v1/tracks/*") == 2
    assert await spotify.search("anything", "anybody") == []
    clock.advance(timedelta(hours=16))
    assert await spotify.track(third) is not None


async def test_a_playlist_is_made_found_filled_and_described(spotify: Spotify, sandbox: Sandbox) -> None:
    """The life of a member's playlist."""
    made = await spotify.create_playlist(NAME, "it's\nfor Ada & all · tb-0a1b2c")
    assert made.url.endswith(made.id)
    assert made.description == "it's for Ada & all · tb-0a1b2c"
    wanted = ids_of(sandbox, 30)
    await spotify.replace_items(made.id, wanted)
    assert await spotify.playlist_track_ids(made.id) == wanted
    await spotify.describe(made.id, "New name", "the 2nd's text")
    book = sandbox.spotify.playlists.get(made.id)
    assert book is not None
    assert (book.name, book.description, book.public) == ("New name", "the 2nd's text", True)
    assert (await spotify.me(), len(sandbox.spotify.playlists.all())) == (book.owner.account_id, 1)


async def test_items_are_replaced_in_one_call_and_never_emptied(spotify: Spotify, sandbox: Sandbox) -> None:
    """There is no moment at which the playlist is empty, and no way to empty it."""
    made = await spotify.create_playlist(NAME, TEXT)
    await spotify.replace_items(made.id, ids_of(sandbox, 5))
    await spotify.replace_items(made.id, ids_of(sandbox, 30))
    book = sandbox.spotify.playlists.get(made.id)
    assert book is not None
    assert [len(state) for state in book.history] == [5, 30]
    with pytest.raises(ValueError, match="never emptied"):
        await spotify.replace_items(made.id, [])


async def test_more_than_a_hundred_items_are_appended(spotify: Spotify, sandbox: Sandbox) -> None:
    """One request holds a hundred; the rest follows in order, and reading pages through all."""
    made = await spotify.create_playlist(NAME, TEXT)
    wanted = ids_of(sandbox, 230)
    await spotify.replace_items(made.id, wanted)
    assert await spotify.playlist_track_ids(made.id) == wanted
    assert sandbox.calls.count(method="POST", path="/v1/playlists/*/items") == 2


async def test_a_marker_is_looked_for_in_all_playlists(spotify: Spotify, sandbox: Sandbox) -> None:
    """The one with the marker is found behind a page of others, apostrophes and all."""
    owner = (await spotify.create_playlist(NAME, "it's tb-first")).id
    book = sandbox.spotify.playlists.get(owner)
    assert book is not None
    for n in range(60):
        sandbox.spotify.playlists.create(book.owner, f"other {n}")
    found = await spotify.find_playlist("it's tb-first")
    assert found is not None
    assert found.id == owner
    assert await spotify.find_playlist("tb-second") is None
    assert await spotify.find_playlist("") is None


async def test_a_deleted_playlist_is_gone(spotify: Spotify, sandbox: Sandbox) -> None:
    """Every call on it says so, in one error."""
    made = await spotify.create_playlist(NAME, TEXT)
    sandbox.spotify.playlists.delete(made.id)
    with pytest.raises(PlaylistGone):
        await spotify.replace_items(made.id, ids_of(sandbox, 1))
    with pytest.raises(PlaylistGone):
        await spotify.describe(made.id, NAME, TEXT)
    with pytest.raises(PlaylistGone):
        await spotify.playlist_track_ids(made.id)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.DROP_AFTER, FaultKind.SERVER_ERROR])
async def test_a_playlist_is_not_created_twice(spotify: Spotify, sandbox: Sandbox, kind: FaultKind) -> None:
    """After silence the POST is not sent again: the marker tells whether it was done."""
    sandbox.faults.inject(kind, "spotify", "/v1/me/playlists", "POST", times=None, status=502)
    with pytest.raises(Unreachable):
        await spotify.create_playlist(NAME, TEXT)
    assert sandbox.calls.count("spotify", "POST", "/v1/me/playlists") == 1
    found = await spotify.find_playlist("tb-0a1b2c")
    assert (found is not None) == (kind is FaultKind.DROP_AFTER)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.DROP_AFTER])
async def test_items_are_not_appended_twice(spotify: Spotify, sandbox: Sandbox, kind: FaultKind) -> None:
    """A lost append is not repeated by itself; replacing everything again mends it."""
    made = await spotify.create_playlist(NAME, TEXT)
    wanted = ids_of(sandbox, 120)
    sandbox.faults.inject(kind, "spotify", "/v1/playlists/*/items", "POST")
    with pytest.raises(Unreachable):
        await spotify.replace_items(made.id, wanted)
    assert sandbox.calls.count("spotify", "POST", "/v1/playlists/*/items") == 1
    await spotify.replace_items(made.id, wanted)
    assert await spotify.playlist_track_ids(made.id) == wanted


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_reads_and_replacements_survive_a_5xx(spotify: Spotify, sandbox: Sandbox, method: str) -> None:
    """What may be repeated is repeated at once."""
    made = await spotify.create_playlist(NAME, TEXT)
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "spotify", "/v1/playlists/*", method, times=2, status=502)
    await spotify.replace_items(made.id, ids_of(sandbox, 3))
    assert await spotify.playlist_track_ids(made.id) == ids_of(sandbox, 3)


async def test_the_quota_pauses_everything_for_its_time(
    spotify: Spotify, make_spotify: MakeSpotify, sandbox: Sandbox, clock: FastClock, ledger: MemoryLedger
) -> None:
    """A day's Retry-After is kept in the ledger: no call until then, of this client or of one after a restart."""
    first, second = ids_of(sandbox, 2)
    await spotify.track(first)
    sandbox.faults.inject(FaultKind.QUOTA, "spotify", "/v1/tracks/*")
    with pytest.raises(Refused, match="24 hours") as raised:
        await spotify.track(second)
    assert (raised.value.reason, raised.value.retry_after) == ("QUOTA_EXCEEDED", DAY_SECONDS)
    assert ledger.pause_of("spotify") == timedelta(seconds=DAY_SECONDS)
    calls = sandbox.calls.count()
    restarted = make_spotify(
        sandbox.spotify_api_base, sandbox.accounts_base, SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    )
    for client in (spotify, restarted):
        with pytest.raises(Refused, match="asked us to wait"):
            await client.search("anything", "anybody")
    assert sandbox.calls.count() == calls
    assert clock.slept == 0
    clock.advance(timedelta(seconds=DAY_SECONDS))
    assert await restarted.track(second) is not None


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED_TEXT])
async def test_a_short_rate_limit_is_waited_out(
    spotify: Spotify, sandbox: Sandbox, clock: FastClock, kind: FaultKind
) -> None:
    """Seconds are waited for, on our clock and not in the thread, and the call is made after all."""
    (track_id,) = ids_of(sandbox, 1)
    sandbox.faults.inject(kind, "spotify", retry_after=5)
    assert await spotify.track(track_id) is not None
    assert clock.slept == pytest.approx(5, abs=0.1)


async def test_a_429_without_a_time_is_a_minute(spotify: Spotify, sandbox: Sandbox, ledger: MemoryLedger) -> None:
    """Where Spotify says nothing, we leave it alone for a while."""
    (track_id,) = ids_of(sandbox, 1)
    sandbox.faults.inject(FaultKind.RATE_LIMITED_BARE, "spotify")
    with pytest.raises(Refused):
        await spotify.track(track_id)
    assert ledger.pause_of("spotify") == timedelta(seconds=60)


async def test_a_rate_limit_of_the_accounts_service_pauses_too(
    spotify: Spotify, sandbox: Sandbox, ledger: MemoryLedger
) -> None:
    """The pause holds for tokens as for calls."""
    sandbox.faults.inject(FaultKind.RATE_LIMITED, "accounts", retry_after=100)
    with pytest.raises(Refused):
        await spotify.me()
    assert ledger.pause_of("spotify") == timedelta(seconds=100)


async def test_lapsed_premium_is_recognised(spotify: Spotify, sandbox: Sandbox) -> None:
    """The plain text of the 403 becomes a sentence that says what to do, and it is no miss."""
    (track_id,) = ids_of(sandbox, 1)
    sandbox.faults.inject(FaultKind.NOT_PREMIUM, "spotify", times=None)
    with pytest.raises(PremiumNeeded, match="renew it"):
        await spotify.track(track_id)
    with pytest.raises(PremiumNeeded):
        await spotify.create_playlist(NAME, TEXT)


async def test_an_account_that_is_not_listed_is_recognised(spotify: Spotify, sandbox: Sandbox) -> None:
    """The owner learns where to add it."""
    sandbox.faults.inject(FaultKind.NOT_ALLOW_LISTED, "spotify")
    with pytest.raises(Refused, match="User Management"):
        await spotify.me()


async def test_a_token_that_ends_before_its_time_is_renewed(spotify: Spotify, sandbox: Sandbox) -> None:
    """A 401 refreshes the token and makes the call once more, a POST too: what was refused was not done."""
    await spotify.me()
    sandbox.accounts.expire_access()
    made = await spotify.create_playlist(NAME, TEXT)
    assert [book.id for book in sandbox.spotify.playlists.all()] == [made.id]
    assert [call.status for call in sandbox.calls.find(method="POST", path="/v1/me/playlists")] == [401, 201]


async def test_a_lost_grant_reaches_the_caller(spotify: Spotify, sandbox: Sandbox, clock: FastClock) -> None:
    """Playlists stop with a sentence; tracks go on with the app's token."""
    (track_id,) = ids_of(sandbox, 1)
    await spotify.me()
    clock.advance(timedelta(hours=2))
    sandbox.faults.inject(FaultKind.INVALID_GRANT, "accounts")
    with pytest.raises(GrantLost):
        await spotify.create_playlist(NAME, TEXT)
    assert await spotify.track(track_id) is not None


async def test_many_at_once_are_asked_one_by_one(spotify: Spotify, sandbox: Sandbox) -> None:
    """The client is not made for threads: ten callers get their own answers."""
    wanted = ids_of(sandbox, 10)
    found = await asyncio.gather(*(spotify.track(track_id) for track_id in wanted))
    assert [track.spotify_id for track in found if track] == wanted


async def test_a_silent_server_is_unreachable(make_spotify: MakeSpotify, sandbox: Sandbox) -> None:
    """The time-out of the settings ends the wait."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    spotify = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets, timeout=0.2)
    sandbox.faults.inject(FaultKind.HANG, "spotify", times=None)
    with pytest.raises(Unreachable):
        await spotify.track(ids_of(sandbox, 1)[0])
