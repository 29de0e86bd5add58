"""Candidates, ranking and reasons."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from catalog.models import Artist, Service, Slot, Track, TrackRef
from recommender.candidates import Candidate, Exclusions, select_candidates
from recommender.explain import Facts, Lead, plain, reasons
from recommender.listing import Aims, Weights, arrange
from recommender.movers import Kind, Mover
from recommender.ranking import Ranked, RankingSettings, rank, rng_for

ROOT = Path(__file__).parents[1]
PLAIN = RankingSettings(wildcards=0, diversity=0.0)


def track(number: int, artist: str = "", isrc: str | None = None, title: str = "") -> Track:
    """Return a track."""
    name = Artist(artist or f"Artist {number}")
    return Track(title or f"Title {number}", (name,), duration_ms=100_000 + 10_000 * number, isrc=isrc, id=number)


NEON = track(1, "Ana Vale", title="Neon Tides")
CLOSE_TO_NEON = "close to Neon Tides by Ana Vale, which you liked"
NEIGHBOUR_OF_NEON = "a neighbour of Neon Tides by Ana Vale by tags and sound, which you liked"


def ranked(scores: list[float], artists: list[str], count: int, settings: RankingSettings = PLAIN) -> list[Ranked]:
    """Rank tracks 0.. with these scores and artists, all unlike each other."""
    tracks = {number: track(number, artist) for number, artist in enumerate(artists)}
    candidates = [Candidate(number, ("shared",)) for number in tracks]
    size = len(scores)
    return rank(
        candidates, scores, np.full(size, 0.1), tracks, np.eye(size), count, rng_for(1, 2, "2026-W01"), settings
    )


def ids(entries: list[Ranked]) -> list[int]:
    """Return the ranked tracks' ids."""
    return [entry.candidate.track_id for entry in entries]


def test_sources_take_turns() -> None:
    """Candidates come from the sources in turn, each once, with every source that proposed them."""
    tracks = {number: track(number) for number in range(1, 6)}
    found = select_candidates({"shared": [1, 2, 3], "related": [4, 2, 5]}, tracks, Exclusions(), limit=4)
    assert found == [
        Candidate(1, ("shared",)),
        Candidate(4, ("related",)),
        Candidate(2, ("shared", "related")),
        Candidate(3, ("shared",)),
    ]


def test_what_is_excluded_stays_out_under_any_name() -> None:
    """A rated track, another release of its recording, a placeholder and a track nobody knows are no candidates."""
    rated = track(1, "Ana Vale", isrc="QZABC2600001")
    same_isrc = track(2, "Ana Vale", isrc="QZABC2600001", title="Title 1 (Deluxe)")
    same_words = Track("Title 1", (Artist("Ana Vale"),), duration_ms=110_400, id=3)
    placeholder = Track("", refs=(TrackRef(Service.SPOTIFY, "0" * 22),), id=4)
    tracks = {entry.id: entry for entry in (rated, same_isrc, same_words, placeholder, track(5)) if entry.id}
    found = select_candidates({"shared": [1, 2, 3, 4, 5, 6]}, tracks, Exclusions.of([rated]))
    assert [candidate.track_id for candidate in found] == [5]
    assert same_isrc in Exclusions.of([rated])
    assert tracks[5] not in Exclusions.of([rated], ids=[77])


def test_one_recording_is_one_candidate() -> None:
    """Two releases of one recording take one place."""
    tracks = {1: track(1, isrc="QZABC2600001"), 2: track(2, isrc="QZABC2600001")}
    assert len(select_candidates({"shared": [1, 2]}, tracks, Exclusions())) == 1


def test_a_list_holds_two_of_an_artist() -> None:
    """A third track of one artist gives way, and comes only when candidates run out."""
    entries = ranked([0.9, 0.8, 0.7, 0.6, 0.5], ["A", "A", "a", "A", "B"], 5)
    assert ids(entries) == [0, 1, 4, 2, 3]


def test_unknown_artists_are_not_one_artist() -> None:
    """Tracks without an artist do not push each other out."""
    tracks = {number: Track(f"T{number}", id=number) for number in range(4)}
    candidates = [Candidate(number, ()) for number in tracks]
    rng = rng_for(1, 1, "w")
    entries = rank(candidates, [0.9, 0.8, 0.7, 0.6], [0.1] * 4, tracks, np.zeros((4, 1)), 4, rng, PLAIN)
    assert ids(entries) == [0, 1, 2, 3]


def test_likeness_costs_a_place() -> None:
    """Of two tracks of nearly equal score the one unlike those before comes first."""
    tracks = {number: track(number) for number in range(3)}
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    candidates = [Candidate(number, ()) for number in tracks]
    settings = RankingSettings(wildcards=0, diversity=0.2)
    entries = rank(candidates, [0.9, 0.8, 0.75], [0.1] * 3, tracks, vectors, 3, rng_for(1, 1, "w"), settings)
    assert ids(entries) == [0, 2, 1]


def test_two_of_thirty_explore_and_say_so() -> None:
    """Two of thirty places explore, neither among the first, and they prefer what the model is unsure of."""
    size = 200
    tracks = {number: track(number) for number in range(size)}
    candidates = [Candidate(number, ()) for number in tracks]
    scores, stds = np.full(size, 0.4), np.where(np.arange(size) < 100, 0.25, 0.01)
    scores[:20] = 0.3
    entries = rank(candidates, scores, stds, tracks, np.zeros((size, 1)), 60, rng_for(1, 1, "w"), RankingSettings())
    wild = [place for place, entry in enumerate(entries) if entry.explores]
    assert wild == [7, 22, 37, 52]
    assert all(entries[place].std == 0.25 for place in wild)
    assert all((entry.slot is Slot.WILDCARD) == entry.explores for entry in entries)
    assert [RankingSettings().wildcards_in(count) for count in (1, 5, 10, 15, 30, 100)] == [0, 0, 1, 1, 2, 7]


def test_wildcards_are_drawn_with_the_chance_that_is_told() -> None:
    """Over many draws each track comes as often as its propensity says; whatever is not drawn is sure of its place."""
    size, draws = 40, 4_000
    scores = np.linspace(0.5, 0.4, size)
    told: dict[int, float] = {}
    seen: Counter[int] = Counter()
    for number in range(draws):
        places = arrange(scores, scores + 0.1, Aims.none(size), Weights(), 1, [0], np.random.default_rng(number))
        (place,) = places
        seen[place.row] += 1
        told[place.row] = place.propensity
    for row, chance in told.items():
        assert abs(seen[row] / draws - chance) < 4 * np.sqrt(chance * (1 - chance) / draws)
    assert sum(told.values()) == pytest.approx(1)
    assert all(entry.propensity == 1 for entry in ranked(scores.tolist(), [""] * size, 10))


def test_every_beginning_is_the_same_list() -> None:
    """Asking for spares does not change the list: the first thirty of sixty are the thirty."""
    rng = np.random.default_rng(0)
    scores, artists = rng.random(150).tolist(), [f"A{number}" for number in rng.integers(0, 30, 150)]
    short, long = (ranked(scores, artists, count, RankingSettings()) for count in (30, 60))
    assert long[:30] == short
    assert max(Counter(artists[number] for number in ids(short)).values()) == 2


def test_fewer_candidates_make_a_shorter_list() -> None:
    """A list never repeats a track and never invents one."""
    assert sorted(ids(ranked([0.1, 0.2], ["A", "A"], 30))) == [0, 1]
    assert ranked([], [], 30) == []


def test_the_same_seed_person_and_week_draw_the_same_in_every_process() -> None:
    """Python's own hash differs from process to process; the draw may not."""
    code = "from recommender.ranking import rng_for; print(rng_for(3, 42, '2026-W07').integers(10**9))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(other.stdout) == rng_for(3, 42, "2026-W07").integers(10**9)
    draws = {
        int(rng_for(*key).integers(10**9)) for key in ((3, 42, "2026-W08"), (3, 43, "2026-W07"), (4, 42, "2026-W07"))
    }
    assert len(draws) == 3
    assert int(other.stdout) not in draws


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (Facts(shared_by=["Mia"]), "shared by Mia"),
        (Facts(liked_by=["Mia"]), "liked by Mia"),
        (Facts(liked_by=["Mia", "Tom"]), "2 people here liked it: Mia and Tom"),
        (Facts(liked_by=["Mia", "Tom", "Zoe"]), "3 people here liked it: Mia, Tom and 1 more"),
        (Facts(resembles=NEON, movers=(Mover(Kind.TRACK, 0.1, 1, 1),)), CLOSE_TO_NEON),
        (Facts(movers=(Mover(Kind.ARTIST, 0.1, 4, 5),)), "you liked 4 of 5 by this artist"),
        (Facts(movers=(Mover(Kind.TAG, 0.1, 11, 13, "shoegaze"),)), "you tend to like shoegaze (11 of 13)"),
        (Facts(movers=(Mover(Kind.DISLIKED, 0.1, 0, 2, "on Tuesday"),)), "less like what you disliked on Tuesday"),
        (Facts(movers=(Mover(Kind.NEIGHBOURS, 0.1, 3, 5),)), "3 of your 5 nearest neighbours liked it"),
        (Facts(movers=(Mover(Kind.OTHERS, 0.1, 9, 10),)), "most who rated it liked it (9 of 10)"),
        (Facts(made_for=("Mia", "Tom")), "picked for Mia and Tom"),
        (Facts(leads=(Lead("related", "Ana Vale"),)), "related to Ana Vale, whom you like"),
        (Facts(leads=(Lead("labs-artists", "Ana Vale"),)), "heard by those who hear Ana Vale, whom you like"),
        (Facts(leads=(Lead("lastfm", NEON),)), "heard beside Neon Tides by Ana Vale on Last.fm, which you liked"),
        (Facts(leads=(Lead("neighbours", NEON),)), NEIGHBOUR_OF_NEON),
        (Facts(leads=(Lead("reccobeats"),)), "found by ReccoBeats near what you like"),
        (Facts(leads=(Lead("neighbours", NEON),), resembles=NEON, movers=(Mover(Kind.TRACK, 0.1),)), CLOSE_TO_NEON),
        (
            Facts(leads=(Lead("top", "Ana Vale"),), movers=(Mover(Kind.ARTIST, 0.1, 1, 1),)),
            "you liked 1 of 1 by this artist",
        ),
        (Facts(explores=True), "a wildcard, to learn what you think of it"),
        (Facts(community=True), "picked from what this community likes, until you have rated more"),
        (Facts(score=0.72), "estimated at 72% for you"),
    ],
)
def test_reasons_are_facts_in_words(facts: Facts, words: str) -> None:
    """Each fact makes its sentence, and a pick without one still has its estimate."""
    assert reasons(facts) == (words,)


def test_the_most_telling_leads_are_said() -> None:
    """Of many ways that a track was found two are said, tracks before artists, a source once."""
    leads = (Lead("radio", "Bo"), Lead("related", "Ana"), Lead("related", "Cy"), Lead("lastfm", NEON), Lead("top", "D"))
    assert reasons(Facts(leads=leads)) == (
        "heard beside Neon Tides by Ana Vale on Last.fm, which you liked",
        "related to Ana, whom you like",
    )


def test_reasons_stay_few() -> None:
    """At most three reasons, at most two of them about the score; what was nearest is only claimed by name."""
    moved = (Mover(Kind.TRACK, 0.3), Mover(Kind.ARTIST, 0.2, 3, 3), Mover(Kind.TAG, 0.1, 5, 6, "dub"))
    said = reasons(Facts(["Mia"], ["Tom"], NEON, (Lead("related", "Ana"),), moved))
    assert said == (CLOSE_TO_NEON, "you liked 3 of 3 by this artist", "liked by Tom")
    assert len(reasons(Facts(["Mia"], ["Tom"], NEON, (), moved, explores=True, community=True))) == 3
    assert reasons(Facts(movers=moved)) == ("you liked 3 of 3 by this artist", "you tend to like dub (5 of 6)")


def test_hostile_titles_stay_on_their_line() -> None:
    """Control and direction marks are taken out of titles and names, and long ones are cut."""
    assert plain("Neon\n\u202eTides\x00\t!") == "Neon Tides !"
    assert len(plain("x" * 500)) == 60
