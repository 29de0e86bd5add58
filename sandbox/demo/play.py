"""What the members do: share, react, change their minds, rate their lists, ask for more."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

import discord
import numpy as np
from simcord.results import ResponseMessage

from catalog.models import Pick
from sandbox.demo.audit import entry_of
from sandbox.demo.show import Show
from sandbox.demo.stage import Member, Stage, heard
from sandbox.demo.words import Said
from sandbox.records import SandboxTrack

SHARES_A_WEEK = 4
"""Tracks that each member posts in a week."""
REACT_SHARE = 0.4
"""Chance that a member reacts to somebody's share at all."""
SECOND_THOUGHT = 0.05
"""Chance that a member first presses the wrong thumb, then takes it back."""
RATINGS_A_WEEK = 4
"""Tracks of their own list that each member rates in the week after."""
DISCOVERERS = 3
"""Members who ask for more in a week, and press a button under the answer."""
SKIN_TONES = ("", "", "", "\U0001f3fb", "\U0001f3fd", "\U0001f3ff")
LINK_FORMS = (
    "https://open.spotify.com/track/{id}?si=3f2a91c07be44d11",
    "this one has been on repeat: https://open.spotify.com/intl-de/track/{id}",
    "<https://open.spotify.com/track/{id}>",
    "spotify:track:{id}",
    "[listen to the bass](https://open.spotify.com/track/{id}#0:41) on this",
)
SPOTIFY_LINK = re.compile(r"open\.spotify\.com/track/([0-9A-Za-z]{22})")
DAYS = 7
DAY = timedelta(days=1)
TO_THE_DROP = timedelta(hours=21)  # from Sunday noon to Monday 09:00
TO_NOON = timedelta(hours=3)


class Play:
    """Play the members' weeks on a stage, in front of a show."""

    def __init__(self, stage: Stage, show: Show) -> None:
        self.stage = stage
        self.show = show
        self.said = Said()
        self.rng = np.random.default_rng([stage.seed, 0x91A7])
        self._liked = {
            member.name: [track for track in stage.catalogue.shareable if member.taste.likes(heard(track))]
            for member in stage.members
        }

    async def week(self, lists: Mapping[str, Sequence[Pick]]) -> None:
        """Live through one week, Monday noon to the drop of the next; `lists` are the members' newest."""
        for day in range(DAYS):
            for member in self.stage.members:
                if self.rng.random() < SHARES_A_WEEK / DAYS:
                    await self._share(member)
            if day == 1:
                await self._rate_lists(lists)
            if day == DAYS - 2:
                await self._discover()
            await self._tick()
            self.show.day(day + 1)
            await self.stage.advance(DAY if day < DAYS - 1 else TO_THE_DROP)
        await self._tick()
        await self.stage.advance(TO_NOON)

    async def _tick(self) -> None:
        """Let the scheduler look at what is due; the demo is its alarm clock."""
        await self.stage.services.jobs.tick()
        await self.stage.env.settle()

    async def _share(self, member: Member) -> None:
        track = self._choose(member)
        form = LINK_FORMS[int(self.rng.integers(len(LINK_FORMS)))]
        message = await member.actor.send(self.stage.channel, form.format(id=track.spotify_id))
        self.said.shares[message.id] = (member, track)
        self.said.met[member.name].add(track.recording)
        self.show.shared(member.name, track)
        for other in self.stage.members:
            if other is not member and self.rng.random() < REACT_SHARE:
                await self._react(other, message, track)

    def _choose(self, member: Member) -> SandboxTrack:
        """Choose a track the member likes and nobody has posted yet, a well-known one rather than not."""
        posted = {track.recording for _, track in self.said.shares.values()}
        fresh = [track for track in self._liked[member.name] if track.recording not in posted]
        ranks = np.array([track.rank for track in fresh], dtype=float)
        return fresh[int(self.rng.choice(len(fresh), p=ranks / ranks.sum()))]

    async def _react(self, member: Member, message: discord.Message, track: SandboxTrack) -> None:
        likes = member.taste.likes(heard(track))
        tone = SKIN_TONES[int(self.rng.integers(len(SKIN_TONES)))]
        right, wrong = ("👍", "👎") if likes else ("👎", "👍")
        if self.rng.random() < SECOND_THOUGHT:
            await member.actor.react(message, wrong)
            await member.actor.unreact(message, wrong)
        await member.actor.react(message, right + tone)
        self._heard(member, track, likes=likes)

    async def _rate_lists(self, lists: Mapping[str, Sequence[Pick]]) -> None:
        """Let everybody rate a few tracks of their newest list by command."""
        for member in self.stage.members:
            entries = [entry for pick in lists.get(member.name, ()) if (entry := entry_of(self.stage, pick.track))]
            for index in self.rng.permutation(len(entries))[:RATINGS_A_WEEK]:
                track = entries[int(index)]
                likes = member.taste.likes(heard(track))
                opinion = "like" if likes else "dislike"
                await member.actor.slash(self.stage.channel, "rate", track=track.spotify_url, opinion=opinion)
                self.said.ratings[member.name, track.recording] = likes
                self._heard(member, track, likes=likes)

    async def _discover(self) -> None:
        """Let a few members ask for more and press one button under the answer."""
        for position in self.rng.permutation(len(self.stage.members))[:DISCOVERERS]:
            member = self.stage.members[int(position)]
            result = await member.actor.slash(self.stage.channel, "discover", count=3)
            self.show.asked(member.name)
            answers = ([result.response] if result.response else []) + result.followups
            await self._press_first(member, answers)

    async def _press_first(self, member: Member, answers: Sequence[ResponseMessage]) -> None:
        """Judge the first track of the answer that Spotify has, by its numbered button."""
        for answer in answers:
            for number, embed in enumerate(answer.embeds, 1):
                if found := SPOTIFY_LINK.search(embed.url or ""):
                    track = self.stage.catalogue.by_spotify_id[found.group(1)]
                    likes = member.taste.likes(heard(track))
                    await member.actor.click(answer, custom_id=_button(answer, "👍" if likes else "👎", number))
                    self.said.ratings[member.name, track.recording] = likes
                    self._heard(member, track, likes=likes)
                    return

    def _heard(self, member: Member, track: SandboxTrack, *, likes: bool) -> None:
        self.said.met[member.name].add(track.recording)
        self.said.reactions += 1
        self.show.reacted(likes=likes)


def _button(answer: ResponseMessage, emoji: str, number: int) -> str:
    """Return the custom id of the button with that emoji in the row of that track."""
    row = answer.components[number - 1]["components"]
    return next(str(button["custom_id"]) for button in row if (button.get("emoji") or {}).get("name") == emoji)
