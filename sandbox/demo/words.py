"""What the members said: what a correct database must hold, and what they have met."""

from collections import defaultdict
from dataclasses import dataclass, field

from sandbox.demo.stage import Member
from sandbox.records import SandboxTrack


@dataclass(slots=True)
class Said:
    """What the members said; standing reactions are read from Discord itself.

    shares: message id -> who posted which track.
    ratings: (member, recording) -> liked, the newest by command or button.
    met: member -> recordings they have posted, judged or been given.
    reactions: opinions given, by thumb, command or button.
    """

    shares: dict[int, tuple[Member, SandboxTrack]] = field(default_factory=dict)
    ratings: dict[tuple[str, int], bool] = field(default_factory=dict)
    met: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    reactions: int = 0
