"""What the demo claims, counted: what was lost, what came twice, and how well the picks meet the hidden tastes."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from catalog.models import Pick, Service, Track
from sandbox.demo.stage import Member, Stage, heard
from sandbox.demo.words import Said
from sandbox.playlists import Playlist
from sandbox.records import SandboxTrack

MARKER = re.compile(r"\d{4}-W\d\d-[0-9a-f]{8}")  # in an announcement's footer
MANY = 1_000_000  # more feedback than a demo has
NO_RECORDING = -1  # feedback on what the catalogue does not have: nothing in Discord can match it, so it counts as lost


@dataclass(frozen=True, slots=True)
class Week:
    """One week's outcome; the rates are shares of tracks that the hidden tastes like."""

    number: int
    drops: int
    announcements: int
    picks: int
    hit_rate: float
    random_rate: float


def iso_week(instant: datetime) -> str:
    """Return an instant's ISO week, as the ledger writes it."""
    year, week, _ = instant.isocalendar()
    return f"{year}-W{week:02}"


async def lists_of(stage: Stage, week: str) -> dict[str, list[Pick]]:
    """Return each member's picks of a week, by the member's name."""
    storage = stage.services.storage
    drops = [drop for drop in await storage.drops.of_week(week) if drop.owner.kind == "person"]
    people = await storage.people.get([drop.owner.id for drop in drops])
    names = {member.actor.id: member.name for member in stage.members}
    return {names[people[drop.owner.id].discord_id]: await storage.drops.picks(drop.id) for drop in drops}


def judge(stage: Stage, number: int, lists: dict[str, list[Pick]], said: Said, announcements: int) -> Week:
    """Compare a week's picks, as far as new to the member, with random tracks the member has not met."""
    hits: list[bool] = []
    chances: list[float] = []
    for member in stage.members:
        met = said.met[member.name]
        picked = [track for pick in lists.get(member.name, []) if (track := entry_of(stage, pick.track))]
        hits += [member.taste.likes(heard(track)) for track in picked if track.recording not in met]
        chances.append(_random_rate(stage, member, met))
    return Week(
        number, len(lists) + 1, announcements, len(hits), float(np.mean(hits or [False])), float(np.mean(chances))
    )


def entry_of(stage: Stage, track: Track) -> SandboxTrack | None:
    """Return what a track is in the catalogue, by what it is called on Spotify or on Deezer."""
    spotify, deezer = track.ref(Service.SPOTIFY), track.ref(Service.DEEZER)
    entry = stage.catalogue.by_spotify_id.get(spotify.id) if spotify else None
    return entry or (stage.catalogue.by_deezer_id.get(int(deezer.id)) if deezer else None)


def _random_rate(stage: Stage, member: Member, met: set[int]) -> float:
    """Return the share that a member would like of all recordings not met: a random list's expectation."""
    unheard = {track.recording: track for track in stage.catalogue.shareable if track.recording not in met}
    return float(np.mean([member.taste.likes(heard(track)) for track in unheard.values()]))


async def count_lost(stage: Stage, said: Said) -> int:
    """Count feedback that stands in Discord and not in the database, or the other way round."""
    expected, stored = _standing(stage, said), await _stored(stage)
    return (expected - stored).total() + (stored - expected).total()


def _standing(stage: Stage, said: Said) -> Counter[tuple[str, int, int]]:
    """Return what Discord shows: (member, recording, value) of shares, reactions and the newest ratings."""
    names = {member.actor.id: member.name for member in stage.members}
    found: Counter[tuple[str, int, int]] = Counter()
    for message_id, (sharer, track) in said.shares.items():
        found[sharer.name, track.recording, 1] += 1
        for reaction in stage.env.backend.get_message(stage.channel.id, message_id).reactions:
            value = 1 if reaction.emoji.startswith("👍") else -1
            found.update((names[user], track.recording, value) for user in reaction.user_ids if user in names)
    found.update((name, recording, 1 if liked else -1) for (name, recording), liked in said.ratings.items())
    return found


async def _stored(stage: Stage) -> Counter[tuple[str, int, int]]:
    """Return what the database holds, in the same form."""
    storage = stage.services.storage
    found: Counter[tuple[str, int, int]] = Counter()
    for member in stage.members:
        person = await storage.people.by_discord_id(member.actor.id)
        rows = await storage.feedback.of_person(person.id, MANY) if person else []
        tracks = await storage.tracks.get([row.track_id for row in rows])
        for row in rows:
            entry = entry_of(stage, tracks[row.track_id])
            found[member.name, entry.recording if entry else NO_RECORDING, int(row.value)] += 1
    return found


def count_announcements(stage: Stage) -> Counter[str]:
    """Count the bot's announcements in the channel, by the marker that ends their footers."""
    bot_id = stage.env.backend.bot_user.id
    mine = [message for message in stage.channel.history() if message.author.id == bot_id and message.embeds]
    footers = [message.embeds[-1].footer.text for message in mine]
    markers = [(footer or "").rpartition(" · ")[2] for footer in footers]
    return Counter(marker for marker in markers if MARKER.fullmatch(marker))


def count_duplicates(stage: Stage) -> int:
    """Count items that stand twice in a playlist, and announcements made twice."""
    twice = sum(len(playlist.track_ids) - len(set(playlist.track_ids)) for playlist in playlists_of(stage))
    return twice + sum(count - 1 for count in count_announcements(stage).values())


def playlists_of(stage: Stage) -> list[Playlist]:
    """Return the playlists on the sandbox's Spotify that the bot-owned account still has."""
    return [playlist for playlist in stage.sandbox.spotify.playlists.all() if playlist.followed]
