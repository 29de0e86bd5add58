"""Knobs of the schedule and of its work, light enough to be read at every start."""

from dataclasses import dataclass

from scheduler.weeks import Slot

MOST_TRACKS = 100
"""One call replaces that many tracks of a playlist, so a drop is never seen half written."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When drops happen and how much work a tick does.

    weekday: day on which drops are made, unless a person chose their own.
    hour: hour of that day (0 to 23), in the time zone.
    timezone: IANA name of the time zone, such as Europe/Berlin.
    tick_seconds: seconds between two looks at what is due.
    drop_size: tracks in a drop (1 to 100).
    active_days: a person gets drops while their newest feedback is younger than this many days.
    repeat_days: days before a track may be dropped to the same person again.
    few_opinions: below this many opinions of their own a person gets the community's list, which says so.
    id_searches: searches a day at Spotify for the ids of picked tracks that nobody else knows, at least half of them
        for drops; its quota is unpublished.
    refit_minutes: minutes after which new feedback is learned by everybody's model.
    enrich_batch: tracks described in one tick at most.
    gather_hours: hours between two searches for new candidates; 0 turns them off.
    gather_artists: liked artists, liked tracks or people that each source is asked about in one search at most.
    gather_related: related artists looked at for each liked artist.
    gather_tracks: top tracks kept of each related artist.
    gather_near: tracks kept of a longer list: of a radio, of what is heard beside a track, of a recommendation.
    gather_draws: times that a recommendation is asked for each person and week, with other likes and dislikes.
    gather_limit: new tracks that one search brings, all sources together; each has a preview to be heard.
    """

    weekday: str = "monday"
    hour: int = 9
    timezone: str = "UTC"
    tick_seconds: float = 60.0
    drop_size: int = 30
    active_days: int = 90
    repeat_days: int = 60
    few_opinions: int = 5
    id_searches: int = 200
    refit_minutes: int = 10
    enrich_batch: int = 40
    gather_hours: float = 24.0
    gather_artists: int = 12
    gather_related: int = 4
    gather_tracks: int = 5
    gather_near: int = 15
    gather_draws: int = 2
    gather_limit: int = 150

    def __post_init__(self) -> None:
        """Refuse values that no schedule can follow, with a sentence that says what to write."""
        _ = self.slot
        if not 1 <= self.drop_size <= MOST_TRACKS:
            raise ValueError(f"schedule.drop_size is {self.drop_size}: write a number from 1 to {MOST_TRACKS}.")
        positive = ("tick_seconds", "active_days", "enrich_batch", "gather_artists", "gather_related", "gather_tracks")
        for name in (*positive, "gather_near", "gather_draws", "gather_limit"):
            if getattr(self, name) <= 0:
                raise ValueError(f"schedule.{name} is {getattr(self, name)}: write a number above 0.")
        for name in ("repeat_days", "few_opinions", "id_searches", "refit_minutes", "gather_hours"):
            if getattr(self, name) < 0:
                raise ValueError(f"schedule.{name} is {getattr(self, name)}: write 0 or more.")

    @property
    def slot(self) -> Slot:
        """Return the hour of the week for servers and for people who chose none."""
        return Slot(self.weekday, self.hour, self.timezone)


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """How previews are heard by the convolutional network, whose weights come with `tastebud audio install`.

    weights: the file of the network's weights; without that file, or with an empty name, its block is missing.
    batch: previews that the network hears in one tick at most; each takes a third of a second of a server's core
        and some seconds of a small board's, so that 12 a minute leave either one time for the rest.
    """

    weights: str = "data/musicnn.npz"
    batch: int = 12

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if self.batch <= 0:
            raise ValueError(f"audio.batch is {self.batch}: write a number above 0, or leave audio.weights empty.")


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How much of what members bring along is taken, and how fast it is looked up.

    tracks: the most tracks that one import counts: what was said first, then what was heard most.
    batch: tracks of imports that are looked up in one tick at most, most of them with two or three calls to Deezer.
    searches: searches, and look-ups of single tracks, that Spotify may have been asked today for an import to ask it
        one more; 0 to leave Spotify out.
    upload_mb: the largest file in MB that the bot takes on Discord; `tastebud import` takes larger ones.
    """

    tracks: int = 1000
    batch: int = 40
    searches: int = 50
    upload_mb: int = 25

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        for name in ("tracks", "batch", "upload_mb"):
            if getattr(self, name) <= 0:
                raise ValueError(f"imports.{name} is {getattr(self, name)}: write a number above 0.")
        if self.searches < 0:
            raise ValueError(f"imports.searches is {self.searches}: write 0 or more.")
