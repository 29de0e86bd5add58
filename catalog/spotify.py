"""Spotify: who a track is, and the playlists of the bot-owned account. Through spotipy, in threads, one at a time."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from catalog import spotify_parse as parse
from catalog import waits
from catalog.clock import Clock
from catalog.errors import PlaylistGone, Refused
from catalog.ledger import Ledger
from catalog.matching import normalise_isrc, plain_title
from catalog.models import Release, Service, Track
from catalog.spotify_errors import RAISED, mapped
from catalog.spotify_parse import PlaylistInfo
from catalog.spotify_session import Client, make_client, make_session
from catalog.spotify_settings import SpotifySecrets, SpotifySettings
from catalog.tokens import Tokens

__all__ = ["PlaylistInfo", "Spotify", "SpotifySecrets", "SpotifySettings"]

SEARCH_LIMIT = 10  # the most that a new app may ask for
PAGE = 50
ITEMS_LIMIT = 100  # the most that one request may write
# Spotify refuses longer descriptions, and line breaks in them.
DESCRIPTION_LIMIT = 300
GONE = "That playlist is not on Spotify any more."


# Buckets of the ledger: look-ups of one object have a daily quota.
LOOKUPS, SEARCHES, OWN, FEATURES = "get", "search", "own", "features"
BUDGET = "budget"
TOO_MANY, EXPIRED = 429, 401
# 400 "Invalid base62 id": 22 characters can spell more than an id holds.
NO_SUCH = (404, 400)

T = TypeVar("T")
Call = Callable[[Client], object]
Token = Callable[[], Awaitable[str]]


class Spotify:
    """The calls we make, each at most once for its purpose; every refusal is kept as a pause in the ledger."""

    def __init__(self, settings: SpotifySettings, tokens: Tokens, ledger: Ledger, clock: Clock) -> None:
        self._settings = settings
        self._tokens = tokens
        self._ledger = ledger
        self._clock = clock
        self._session = make_session()
        self._client = make_client(settings, self._session)
        self._lock = asyncio.Lock()  # spotipy's client is not made for threads

    async def track(self, track_id: str) -> Track | None:
        """Return a track, or None if there is none of that id; a call of the day's budget."""
        return await self._look_up(lambda client: client.track(track_id), parse.read_one_track)

    async def release(self, album_id: str) -> Release | None:
        """Return an album with its tracks, or None if there is none of that id; a call of the day's budget."""
        return await self._look_up(lambda client: client.album(album_id), parse.read_release)

    async def search_isrc(self, isrc: str) -> list[Track]:
        """Return the tracks that carry an ISRC."""
        bare = normalise_isrc(isrc)
        return await self._search(f"isrc:{bare}") if bare else []

    async def search(self, title: str, artist: str) -> list[Track]:
        """Return the tracks found for a title and an artist, best first; gate them before use."""
        words = f'track:"{_quotable(plain_title(title))}"'
        return await self._search(f'{words} artist:"{_quotable(artist)}"' if artist else words)

    async def audio_features(self, ids: Sequence[str]) -> object:
        """Return what Spotify answers of up to a hundred tracks' audio features; old apps alone get any."""
        wanted = list(ids)
        return await self._make(lambda client: client.features_of(wanted), self._tokens.read_token, FEATURES)

    async def me(self) -> str:
        """Return the id of the linked account."""
        return parse.read_account_id(await self._own(lambda client: client.me()))

    async def saved_tracks(self, most: int) -> list[tuple[Track, str]]:
        """Return the tracks that the linked account saved last, with when; needs the scope user-library-read."""
        return await self._library(most, lambda offset, client: client.current_user_saved_tracks(PAGE, offset))

    async def top_tracks(self, span: str, most: int) -> list[Track]:
        """Return what the linked account hears most; needs the scope user-top-read.

        `span` is short_term (four weeks), medium_term (half a year) or long_term (a year).
        """

        def ask(offset: int, client: Client) -> object:
            return client.current_user_top_tracks(PAGE, offset, span)

        return [track for track, _ in await self._library(most, ask)]

    async def create_playlist(self, name: str, description: str) -> PlaylistInfo:
        """Create a public playlist, once.

        Never sent again: when it raises Unreachable the playlist may exist all the same, so look for the marker
        of its description with `find_playlist` before creating another.
        """
        return parse.read_playlist(
            await self._own(
                lambda client: client.current_user_playlist_create(
                    name, public=True, description=_one_line(description)
                )
            )
        )

    async def find_playlist(self, marker: str) -> PlaylistInfo | None:
        """Return the account's playlist whose description holds the marker, or None."""
        if not marker:
            return None
        offset, more = 0, True
        while more:
            page, more = parse.read_playlists(await self._own(partial(_playlists, offset)))
            for playlist in page:
                if marker in playlist.description:
                    return playlist
            offset += PAGE
        return None

    async def replace_items(self, playlist_id: str, spotify_ids: Sequence[str]) -> None:
        """Put exactly these tracks into a playlist, in this order; never empties it.

        Up to 100 go in one call. The rest is appended; after a failure there, call this again with the whole list.
        """
        if not spotify_ids:
            raise ValueError("A playlist is never emptied: give at least one track.")
        uris = [f"spotify:track:{each}" for each in spotify_ids]
        first, rest = uris[:ITEMS_LIMIT], uris[ITEMS_LIMIT:]
        await self._playlist(lambda client: client.playlist_replace_items(playlist_id, first))
        for start in range(0, len(rest), ITEMS_LIMIT):
            await self._playlist(partial(_append, playlist_id, rest[start : start + ITEMS_LIMIT]))

    async def empty_playlist(self, playlist_id: str) -> None:
        """Take every track out of a playlist: only for an owner who asked to be forgotten."""
        await self._playlist(lambda client: client.playlist_replace_items(playlist_id, []))

    async def playlist_track_ids(self, playlist_id: str) -> list[str]:
        """Return the ids of the tracks in a playlist of the account."""
        found: list[str] = []
        offset, more = 0, True
        while more:
            page, more = parse.read_item_ids(await self._playlist(partial(_items, playlist_id, offset)))
            found += page
            offset += PAGE
        return found

    async def describe(self, playlist_id: str, name: str, description: str) -> None:
        """Give a playlist its name and description."""
        await self._playlist(
            lambda client: client.playlist_change_details(playlist_id, name=name, description=_one_line(description))
        )

    async def upload_cover(self, playlist_id: str, jpeg: bytes) -> None:
        """Give a playlist its cover, at most 190 KB of JPEG; needs the scope ugc-image-upload."""
        text = base64.b64encode(jpeg).decode()
        await self._playlist(lambda client: client.playlist_upload_cover_image(playlist_id, text))

    def close(self) -> None:
        """Close the connections, those of the tokens too."""
        self._session.close()
        self._tokens.close()

    async def _library(self, most: int, ask: Callable[[int, Client], object]) -> list[tuple[Track, str]]:
        found: list[tuple[Track, str]] = []
        offset, more = 0, True
        while more and len(found) < most:
            page, more = parse.read_library(await self._own(partial(ask, offset)))
            found += page
            offset += PAGE
        return found[:most]

    async def _search(self, query: str) -> list[Track]:
        def ask(client: Client) -> object:
            return client.search(q=query, limit=SEARCH_LIMIT, type="track")

        return parse.read_found(await self._make(ask, self._tokens.read_token, SEARCHES))

    async def _look_up(self, call: Call, read: Callable[[object], T]) -> T | None:
        """Return one thing by its id, or None if there is none of that id."""
        try:
            body = await self._make(call, self._tokens.read_token, LOOKUPS)
        except Refused as error:
            if error.status in NO_SUCH:
                return None
            raise
        return read(body)

    async def _own(self, call: Call) -> object:
        """Make a call that needs the account's own token."""
        return await self._make(call, self._tokens.access_token, OWN)

    async def _playlist(self, call: Call) -> object:
        try:
            return await self._own(call)
        except Refused as error:
            if error.status == 404:
                raise PlaylistGone(GONE) from error
            raise

    async def _make(self, call: Call, token: Token, bucket: str) -> object:
        """Make a call; once more where Spotify refused it for an expired token or a short while.

        What was refused was not done, so that is safe for a POST too; after silence nothing is sent again here.
        """
        async with self._lock:
            try:
                return await self._once(call, token, bucket)
            except Refused as refusal:
                if not _soon_over(refusal):
                    raise
            return await self._once(call, token, bucket)

    async def _once(self, call: Call, token: Token, bucket: str) -> object:
        await waits.wait_out_pause(Service.SPOTIFY, self._clock, self._ledger)
        await self._check_budget(bucket)
        try:
            auth = await token()
            await self._ledger.spend(Service.SPOTIFY, bucket)
            return await self._send(call, auth)
        except Refused as refusal:
            if refusal.status == TOO_MANY:
                seconds = refusal.retry_after or waits.DEFAULT_WAIT
                await waits.pause(Service.SPOTIFY, seconds, refusal.reason, self._clock, self._ledger)
            raise

    async def _send(self, call: Call, auth: str) -> object:
        def run() -> object:
            self._client.set_auth(auth)
            return call(self._client)

        try:
            return await asyncio.to_thread(run)
        except RAISED as error:
            failure = mapped(error, self._clock.now())
            if isinstance(failure, Refused) and failure.status == EXPIRED:
                await self._tokens.renew(auth)
            raise failure from error

    async def _check_budget(self, bucket: str) -> None:
        """Refuse a track look-up over the day's budget: Spotify would, and for longer."""
        if bucket != LOOKUPS:
            return
        now = self._clock.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if await self._ledger.spent(Service.SPOTIFY, bucket, today) >= self._settings.daily_budget:
            left = (today + timedelta(days=1) - now).total_seconds()
            sentence = f"Today's look-ups at Spotify are used up; there will be more in {waits.in_words(left)}."
            raise Refused(sentence, TOO_MANY, left, BUDGET)


def _soon_over(refusal: Refused) -> bool:
    if refusal.reason in (waits.PAUSED, BUDGET):
        return False
    waiting = refusal.status == TOO_MANY and (refusal.retry_after or waits.DEFAULT_WAIT) <= waits.SHORT_WAIT
    return waiting or refusal.status == EXPIRED


def _playlists(offset: int, client: Client) -> object:
    return client.current_user_playlists(limit=PAGE, offset=offset)


def _items(playlist_id: str, offset: int, client: Client) -> object:
    return client.playlist_items(playlist_id, limit=PAGE, offset=offset, additional_types=("track",))


def _append(playlist_id: str, uris: list[str], client: Client) -> object:
    return client.playlist_add_items(playlist_id, uris)


def _one_line(description: str) -> str:
    return " ".join(description.split())[:DESCRIPTION_LIMIT]


def _quotable(text: str) -> str:
    """Return text that may stand between the quotes of a search."""
    return " ".join(text.replace('"', " ").split())
