"""ReccoBeats: audio features and recommendations by Spotify id. Needs no key, and is one person's work: best effort."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from pydantic import TypeAdapter

from catalog.audio_features import AudioFeatures
from catalog.clock import Clock
from catalog.errors import BadAnswer
from catalog.http import Door
from catalog.ledger import Answers
from catalog.lookup import Lookup
from catalog.models import Track
from catalog.questions import Params, Question, Reply
from catalog.reading import is_spotify_id, row_of, rows_of, words
from catalog.reccobeats_parse import read_features_rows, read_recommended, read_tracks
from catalog.spotify_settings import check_base

T = TypeVar("T")

SERVICE = "reccobeats"
IDS_A_CALL = 40  # more are error 4004
MOST_SEEDS = 5
MOST_RECOMMENDED = 100
TARGETS = frozenset({each.name for each in fields(AudioFeatures)} | {"popularity", "featureWeight"})
# Its errors are explained in the body, under a status that its pages do not name.
EXPLAINED = frozenset({400, 404, 422})
UNKNOWN = 404


@dataclass(frozen=True, slots=True)
class ReccoBeatsSettings:
    """Whether and how ReccoBeats is asked: audio features and recommendations.

    enabled: whether to ask ReccoBeats at all; where its numbers come from is not known, and it may end any day.
    api_base: the API, with its version.
    rate: requests a second; its limit is not published, and it was seen to block those who ask fast.
    """

    enabled: bool = True
    api_base: str = "https://api.reccobeats.com/v1"
    rate: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0; to ask ReccoBeats nothing, set enabled to false.")


class ReccoBeats:
    """A client of ReccoBeats, by Spotify ids.

    `features`: forty a call -> audio features. `tracks`: forty a call -> title, artists, ISRC, duration.
    """

    def __init__(self, settings: ReccoBeatsSettings, door: Door, answers: Answers, clock: Clock) -> None:
        self._base = settings.api_base.rstrip("/")
        self._door = door
        door.limit_rate(SERVICE, settings.rate)
        self.features: Lookup[str, AudioFeatures] = Lookup(
            f"{SERVICE}.features", self._ask_features, answers, clock,
            kept=TypeAdapter(AudioFeatures), size=IDS_A_CALL, valid=is_spotify_id,
        )  # fmt: skip
        self.tracks: Lookup[str, Track] = Lookup(
            f"{SERVICE}.track", self._ask_tracks, answers, clock,
            kept=TypeAdapter(Track), size=IDS_A_CALL, valid=is_spotify_id,
        )  # fmt: skip

    async def recommend(
        self,
        liked: Sequence[str],
        disliked: Sequence[str] = (),
        size: int = MOST_RECOMMENDED,
        targets: Mapping[str, float] | None = None,
    ) -> list[Track]:
        """Return tracks near up to five liked Spotify ids and away from up to five disliked ones, nearest first.

        `targets` are audio features to aim at (`energy`, `tempo`, ...), `popularity`, and `featureWeight` (1 to 5).
        None of it is remembered: other seeds draw other tracks.
        """
        seeds, away = _seeds(liked), _seeds(disliked)
        if not seeds:
            return []
        if unknown := set(targets or ()) - TARGETS:
            raise ValueError(f"ReccoBeats has no target {', '.join(sorted(unknown))}.")
        params = {"size": str(min(max(size, 1), MOST_RECOMMENDED)), "seeds": ",".join(seeds)}
        if away:
            params["negativeSeeds"] = ",".join(away)
        params.update({name: str(value) for name, value in (targets or {}).items()})
        question = self._question("track/recommendation", "recommendation", params)
        # 404: none of the seeds is known there, and nothing can be recommended.
        return await self._door.ask(
            question, lambda reply: [] if reply.status == UNKNOWN else read_recommended(_body(reply))
        )

    async def _ask_features(self, ids: Sequence[str]) -> Mapping[str, AudioFeatures]:
        return await self._get("audio-features", "features", ids, read_features_rows)

    async def _ask_tracks(self, ids: Sequence[str]) -> Mapping[str, Track]:
        return await self._get("track", "track", ids, read_tracks)

    async def _get(self, path: str, bucket: str, ids: Sequence[str], read: Callable[[object], T]) -> T:
        question = self._question(path, bucket, {"ids": ",".join(ids)})
        return await self._door.ask(question, lambda reply: read(_body(reply)))

    def _question(self, path: str, bucket: str, params: Params) -> Question:
        return Question(SERVICE, f"{self._base}/{path}", bucket, params, told=EXPLAINED)


def _body(reply: Reply) -> object:
    """Return the body; errors hide in it whatever the status."""
    body = row_of(reply.body)
    if "errors" in body or reply.status != 200:
        said = "; ".join(words(row.get("message")) for row in rows_of(body.get("errors"))) or words(body.get("error"))
        code = body.get("status", reply.status)
        raise BadAnswer(f"ReccoBeats could not make sense of a question (code {code}{': ' if said else ''}{said}).")
    return reply.body


def _seeds(ids: Sequence[str]) -> list[str]:
    return [each for each in dict.fromkeys(ids) if is_spotify_id(each)][:MOST_SEEDS]
