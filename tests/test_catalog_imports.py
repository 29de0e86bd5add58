"""What members bring along, understood: the exports as they come, lists of all spellings, and files that are none."""

import codecs
import json
import random
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from catalog import imports_files, imports_json, imports_tally
from catalog.imports import ImportKind, ImportLine, Understood, UnreadableFile
from catalog.imports_reading import digest_of, read_import
from catalog.models import Service, TrackRef
from tests.import_files import (
    EXTENDED,
    GHAN,
    LASTFM_STATS,
    LASTFM_TO_CSV,
    LIBRARY,
    LISTEN,
    LOVED,
    PLAYLISTS,
    STREAMED,
    extended,
    listen,
    packed,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SPOTIFY_ID = "4uLU6hMCjMI75M1A2tKUQC"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"


class Desk:
    """Where files are put to be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, content: bytes | str | object, name: str = "file", most: int = 1_000) -> Understood:
        """Return what a file of that content comes to; what is no text yet is written as JSON."""
        path = self._folder / "file"
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_import(path, name, NOW, most)

    def refusal(self, content: bytes | str | object, name: str = "file") -> str:
        """Return the sentence that a file is refused with."""
        with pytest.raises(UnreadableFile) as caught:
            self.read(content, name)
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an empty desk."""
    return Desk(tmp_path)


def said(found: Understood) -> dict[str, int]:
    """Return what was understood of each track."""
    return {line.label: line.value for line in found.lines}


def only(found: Understood) -> ImportLine:
    """Return the one line there is."""
    (line,) = found.lines
    return line


def test_spotifys_account_data(desk: Desk) -> None:
    """Saved tracks are likes, banned ones dislikes, what ran for half a minute twice is a mild like."""
    found = desk.read(
        packed(
            {
                "MyData/StreamingHistory_music_0.json": STREAMED,
                "MyData/YourLibrary.json": LIBRARY,
                "MyData/Identity.json": {},
            }
        )
    )
    assert found.kind is ImportKind.SPOTIFY
    assert said(found) == {"Boards of Canada - Roygbiv": 1, "Mogwai - Auto Rock": 1, "Nickelback - Photograph": -1}
    by_label = {line.label: line for line in found.lines}
    assert by_label["Mogwai - Auto Rock"].ref == TrackRef(Service.SPOTIFY, SPOTIFY_ID)
    assert by_label["Boards of Canada - Roygbiv"].plays == 2
    assert found.left_out == {
        "heard once only": 1,
        "skipped within 30 seconds": 1,
        "podcasts, audiobooks and videos": 1,
        "albums, artists and shows": 3,
    }
    assert found.problem_count == 0


def test_spotifys_extended_history(desk: Desk) -> None:
    """The plays of all its files add up, with the ids that they tell; videos and books are left out."""
    files = {
        "Spotify Extended Streaming History/Streaming_History_Audio_2019_0.json": EXTENDED,
        "Spotify Extended Streaming History/Streaming_History_Audio_2020_1.json": [extended("Roygbiv", at=2020)],
        "Spotify Extended Streaming History/Streaming_History_Video_2020.json": [extended("Roygbiv", at=2020)],
    }
    line = only(desk.read(packed(files)))
    assert (line.label, line.plays, line.album) == ("Boards of Canada - Roygbiv", 3, "Music Has the Right to Children")
    assert line.ref == TrackRef(Service.SPOTIFY, SPOTIFY_ID)


def test_a_playlist_is_a_milder_word_than_a_saved_track(desk: Desk) -> None:
    """It may be a friend's, or for an occasion; its episodes are no tracks."""
    line = only(desk.read(PLAYLISTS, "Playlist1.json"))
    assert (line.label, line.value, line.among) == ("Low - Sunflower", 1, 2)


def test_listenbrainz_names_what_its_feedback_does_not(desk: Desk) -> None:
    """Feedback tells ids alone: listens name them, and what nobody listened to keeps its MBID."""
    feedback = [
        {"recording_msid": "m1", "recording_mbid": None, "score": -1, "created": 1_700_000_000},
        {"recording_msid": None, "recording_mbid": MBID, "score": 1, "created": 1_700_000_000},
    ]
    files = {
        "user.json": {"user_id": 1, "username": "rob"},
        "listens/2023/11.jsonl": "\n".join(json.dumps(each) for each in (LISTEN, listen("Dayvan Cowboy", "m2"))),
        "feedback.jsonl": "\n".join(json.dumps(each) for each in feedback),
    }
    found = desk.read(packed(files))
    assert found.kind is ImportKind.LISTENBRAINZ
    assert said(found) == {"Boards of Canada - Roygbiv": -1, MBID: 1}
    assert found.left_out["heard once only"] == 1


def test_listenbrainz_listens_carry_what_is_known(desk: Desk) -> None:
    """ISRC, a link to Spotify and the MBID that it was matched with."""
    line = only(desk.read("\n".join([json.dumps(LISTEN)] * 2), "1.jsonl"))
    assert (line.isrc, line.mbid, line.plays) == ("GBBPW9800017", MBID, 2)
    assert line.ref == TrackRef(Service.SPOTIFY, SPOTIFY_ID)


def test_an_older_listenbrainz_export_is_one_list(desk: Desk) -> None:
    """Before it became a zip it was a JSON array of listens."""
    assert only(desk.read([LISTEN, LISTEN])).plays == 2


@pytest.mark.parametrize("text", [LASTFM_STATS, LASTFM_TO_CSV, GHAN], ids=["lastfmstats", "lastfm-to-csv", "ghan"])
def test_lastfm_histories_of_the_common_exporters(desk: Desk, text: str) -> None:
    """Semicolons or commas, milliseconds or words, with and without a line of names."""
    found = desk.read(text, "scrobbles.csv")
    assert found.kind is ImportKind.LASTFM
    assert (only(found).label, only(found).plays) == ("The Beatles - Something", 2)
    assert found.left_out == {"heard once only": 1}


def test_lastfm_pages_and_loved_tracks(desk: Desk) -> None:
    """As its API answers: a loved track is a like, what is playing right now is nothing."""
    found = desk.read(LOVED)
    assert found.kind is ImportKind.LASTFM
    assert said(found) == {"Slowdive - Alison": 1, "Ride - Vapour Trail": 1}
    assert found.left_out["playing right now"] == 1


def test_lastfmstats_json(desk: Desk) -> None:
    """One list of scrobbles, behind whose it is."""
    rows = [
        {"track": "Alison", "artist": "Slowdive", "album": "Souvlaki", "albumId": "", "date": 1_700_000_000_000}
    ] * 2
    assert only(desk.read({"username": "x", "scrobbles": rows})).plays == 2


@pytest.mark.parametrize(
    ("header", "row", "value"),
    [
        ("title,artist,opinion", "A,B,like", 1),
        ("Track Name;Artist Name(s);Liked", "A;B;no", -1),
        ("song\tartists\trating", "A\tB\t👎", -1),
        ("Titel,Interpret,Love", "A,B,❤", 1),
        ("name,artist,disliked", "A,B,yes", -1),
        ("title,artist", "A,B", 1),
        ("title,artist,rating", "A,B,★★★★☆\nC,D,★☆☆☆☆\nE,F,★★★★★", 1),
        ("title,artist,score", "A,B,20\nC,D,95", -1),
        ("title,artist,score", "A,B,8/10\nC,D,3/10", 1),
        ("title,artist,vote", "A,B,-1\nC,D,1", -1),
        ("title,artist,like", "A,B,0\nC,D,1", -1),
        ("title,artist,rating", 'A,B,"4,5"\nC,D,1', 1),
        ("Track URI,Track Name,Artist Name(s),Added At", f"spotify:track:{SPOTIFY_ID},A,B,2020-01-01T00:00:00Z", 1),
    ],
)
def test_lists_of_many_spellings(desk: Desk, header: str, row: str, value: int) -> None:
    """Columns go by many names, opinions by many words, and numbers tell their scale by their range."""
    assert said(desk.read(f"{header}\n{row}\n"))["B - A"] == value


def test_a_middling_rating_is_no_opinion(desk: Desk) -> None:
    """Three stars of five are neither a like nor a dislike, and no star at all is no rating."""
    found = desk.read("title,artist,rating\nA,B,3\nC,D,5\nE,F,0\n")
    assert said(found) == {"D - C": 1}
    assert found.left_out == {"with no opinion": 2}


def test_a_list_of_play_counts(desk: Desk) -> None:
    """What was played more says more, and weighs more."""
    found = desk.read("title,artist,plays\nA,B,40\nC,D,2\nE,F,1\n")
    assert [(line.title, line.among) for line in found.lines] == [("A", 1), ("C", 4)]


def test_a_list_of_links(desk: Desk) -> None:
    """A link a line will do; what leads to no track is told by its number."""
    found = desk.read(
        f"https://open.spotify.com/track/{SPOTIFY_ID}?si=1\nhttps://www.deezer.com/track/3135556\nhello\n"
    )
    assert [line.ref for line in found.lines] == [
        TrackRef(Service.SPOTIFY, SPOTIFY_ID),
        TrackRef(Service.DEEZER, "3135556"),
    ]
    assert [(each.place, each.why) for each in found.problems] == [("line 3", "it holds no link to a track")]


def test_lines_not_understood_are_told_by_their_numbers(desk: Desk) -> None:
    """They spoil nothing: the lines around them count."""
    text = 'title,artist,opinion\nA,B,like\n"C,D,like\n,,\nE,,like\nF,G,perhaps\nH,I,dislike\n'
    found = desk.read(text)
    assert said(found) == {"B - A": 1, "I - H": -1}
    assert [each.place for each in found.problems] == ["line 3", "line 5", "line 6"]
    assert "quotes" in found.problems[0].why
    assert found.problem_count == 3


def test_numbers_count_empty_lines_and_excels_first_one(desk: Desk) -> None:
    """`sep=;` and empty lines are no rows, and yet are lines."""
    found = desk.read("sep=;\n\ntitle;artist\nA;B\n;x\n")
    assert [each.place for each in found.problems] == ["line 5"]


@pytest.mark.parametrize("spelling", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_letters_of_any_spelling(desk: Desk, spelling: str) -> None:
    """With a mark or without; old Windows letters are read as such, and that is said."""
    found = desk.read("title,artist\nJóga,Björk\n".encode(spelling))
    assert only(found).label == "Björk - Jóga"
    assert bool(found.notes) == (spelling == "cp1252")


def test_letters_that_cannot_be_read_are_a_problem_of_their_line(desk: Desk) -> None:
    """Past the first letters nothing is guessed any more."""
    filler = "".join(f"Title {number},Artist\n" for number in range(8_000))
    found = desk.read(f"title,artist\n{filler}".encode() + b"J\xf3ga,Bj\xf6rk\n", most=10)
    assert found.problem_count == 1
    assert "letters" in found.problems[0].why


def test_json_lists_of_other_programs(desk: Desk) -> None:
    """Fields are named as columns are."""
    rows = [
        {"title": "A", "artist": {"name": "B"}, "liked": True},
        {"name": "C", "artists": ["D"], "liked": False},
        {"x": 1},
    ]
    found = desk.read({"favourites": rows})
    assert said(found) == {"B - A": 1, "D - C": -1}
    assert [each.place for each in found.problems] == ["entry 3"]


def test_a_file_cut_off_counts_up_to_there(desk: Desk) -> None:
    """A download that stopped is told of, and not thrown away."""
    text = json.dumps([extended("Roygbiv"), extended("Roygbiv"), extended("Roygbiv")])
    found = desk.read(text[:-40])
    assert only(found).plays == 2
    assert any("damaged after entry 2" in note for note in found.notes)


def test_a_broken_line_of_jsonl_spoils_itself_alone(desk: Desk) -> None:
    """The listens around it count."""
    found = desk.read("\n".join([json.dumps(LISTEN), "{oops", json.dumps(LISTEN)]), "1.jsonl")
    assert only(found).plays == 2
    assert [each.place for each in found.problems] == ["line 2"]


def test_what_was_said_comes_before_what_was_heard(desk: Desk) -> None:
    """With more than may be taken, the strongest are."""
    rows = [f"T{number},A,,{number}" for number in range(1, 9)]
    found = desk.read("\n".join(["title,artist,liked,plays", "Said,A,yes,0", *rows]), most=3)
    assert [line.title for line in found.lines] == ["Said", "T8", "T7"]
    assert found.left_out["beyond those you play most"] == 5


def test_old_listening_weighs_less(desk: Desk) -> None:
    """Half after three years; what was said keeps its weight."""
    plays = [extended("New", at=2026)] * 20 + [extended("Old", at=2020)] * 20
    found = desk.read(plays)
    assert {line.title: line.among for line in found.lines} == {"New": 1, "Old": 4}


def test_the_word_said_last_stands(desk: Desk) -> None:
    """A track that stands twice with two opinions has the newer one."""
    rows = "A,B,dislike,2024-05-01\nA,B,like,2020-01-01\n"
    assert said(desk.read(f"title,artist,opinion,date\n{rows}")) == {"B - A": -1}


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "x.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "x.png", "picture"),
        (b"%PDF-1.4", "x.pdf", "PDF"),
        (b"\x1f\x8b\x08\0", "x.gz", "gzip"),
        (bytes(range(256)) * 20, "x.bin", "no text"),
        ("<!DOCTYPE html><title>x</title>", "x.html", "web page"),
        ('<?xml version="1.0"?><plist/>', "Library.xml", "XML"),
        ("foo,bar\n1,2\n", "x.csv", "title, artist"),
        ("title,artist\n", "x.csv", "no tracks"),
        ("title,artist\nA,\n", "x.csv", "line 2: it names no artist"),
        ("[" * 100_000, "x.json", "nested"),
        ('{"a":' * 100_000, "x.json", "nested"),
        ("[1" + "0" * 5_000 + "]", "x.json", "no tracks"),
        ([{"foo": 1}], "x.json", "entry 1: I do not know entries of this form"),
        ([extended("A")], "x.json", "1 heard once only"),
        ("title,artist\n" + "x" * 2_000_000, "x.csv", "a million letters"),
        (packed({"Identity.json": {}, "photo.jpg": "x"}), "x.zip", "nothing that is in this archive"),
        (packed({"[Content_Types].xml": "x", "xl/a.csv": "x"}), "x.xlsx", "save it as CSV"),
        (packed({"feedback.jsonl": "x"})[:60], "x.zip", "damaged"),
    ],
)
def test_what_is_no_import_is_a_sentence(desk: Desk, content: object, name: str, sentence: str) -> None:
    """It says what the file is, or what is missing in it."""
    assert sentence in desk.refusal(content, name)


def test_an_archive_that_lies_about_itself_is_damaged(desk: Desk) -> None:
    """A checksum that does not fit is a sentence and not a stumble."""
    blob = bytearray(packed({"StreamingHistory0.json": [extended("A")] * 50}))
    blob[blob.index(b"StreamingHistory0.json") + 60] ^= 0xFF
    assert "damaged" in desk.refusal(bytes(blob))


def test_a_locked_archive_is_a_sentence(desk: Desk) -> None:
    """The flag of a password is enough."""
    blob = bytearray(packed({"StreamingHistory0.json": [extended("A")]}))
    blob[blob.index(b"PK\x01\x02") + 8] |= 1
    blob[6] |= 1
    assert "password" in desk.refusal(bytes(blob))


def test_a_bomb_is_not_opened(desk: Desk) -> None:
    """What shrank a thousandfold is refused by its own figures, before a byte of it is unpacked."""
    blob = packed({"StreamingHistory0.json": "[" + " " * 20_000_000 + "]"})
    assert len(blob) < 100_000
    assert "would grow to 19 MB" in desk.refusal(blob)


def test_a_bomb_that_hides_its_size_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes that come are counted, whatever the figures say; all parts of an archive share the room."""
    monkeypatch.setattr(imports_files, "MOST_BYTES", 200_000)
    monkeypatch.setattr(imports_files, "SMALL", 200_000)
    rng = random.Random(1)
    part = [extended(f"T{rng.random()}") for _ in range(300)]
    files = {f"StreamingHistory{number}.json": part for number in range(3)}
    assert "send one of the files in it at a time" in desk.refusal(packed(files))
    assert "send one of the files in it at a time" in desk.refusal("title,artist\n" + "A,B\n" * 100_000)


def test_an_entry_without_end_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds one entry at a time, and no entry is that large."""
    monkeypatch.setattr(imports_json, "MOST_RECORD", 1_000_000)
    monkeypatch.setattr(imports_json, "CERTAIN", 10_000_000)
    assert "One entry" in desk.refusal('[{"a": "' + "x" * 3_000_000)


def test_memory_is_bounded_however_many_tracks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past so many tracks new ones are counted and not kept."""
    monkeypatch.setattr(imports_tally, "MOST_TRACKS", 10)
    found = desk.read("title,artist\n" + "".join(f"T{number},A\n" for number in range(15)))
    assert len(found.lines) == 10
    assert found.left_out["beyond those you play most"] == 5


class Pieces:
    """A text that comes in pieces as small as can be."""

    def __init__(self, text: str, size: int) -> None:
        self._pieces: Iterator[str] = iter([text[at : at + size] for at in range(0, len(text), size)])

    def read(self, _: int) -> str:
        """Return the next piece."""
        return next(self._pieces, "")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(rows=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6), size=st.integers(1, 9))
@examples(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_json_is_the_same_in_pieces(rows: Sequence[dict[str, object]], size: int) -> None:
    """Wherever a piece ends, in a number or in a letter's escape, the entries are those that json reads."""
    text = json.dumps({"before": 12.5, "list": rows, "after": [1, [2], {"x": rows}]})
    found = list(imports_json.records(Pieces(text, size), lines=False))  # type: ignore[arg-type]
    assert [record for path, record in found if path == ("list",)] == list(rows)


@given(blob=st.binary(max_size=400))
@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_makes_it_stumble(desk: Desk, blob: bytes) -> None:
    """Whatever the bytes: lines, or a sentence."""
    before = (b"", b"title,artist\n", b'[{"title":"', codecs.BOM_UTF16_LE, b"PK\x03\x04")
    for start in before:
        with suppress(UnreadableFile):
            assert desk.read(start + blob).lines


def test_a_digest_tells_files_apart(tmp_path: Path) -> None:
    """By what is in them."""
    for name, text in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / name).write_text(text)
    digests = [digest_of(tmp_path / name) for name in "abc"]
    assert digests[0] == digests[1] != digests[2]


def test_zip_members_are_read_whatever_their_folder(tmp_path: Path) -> None:
    """Nothing is written anywhere, so a path that climbs out of the archive leads nowhere."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/StreamingHistory0.json", json.dumps(STREAMED))
    assert only(read_import(path, "x.zip", NOW, 10)).plays == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x.zip"]


def test_rows_that_do_not_fit_a_list_without_names(desk: Desk) -> None:
    """A history and a list of links tell of them by their numbers."""
    found = desk.read(LASTFM_TO_CSV + 'The Beatles,Something\n"x\n')
    assert [each.place for each in found.problems] == ["line 4", "line 5"]
    found = desk.read(f'spotify:track:{SPOTIFY_ID}\n"x\n\n')
    assert [(each.place, each.why) for each in found.problems] == [("line 2", "its quotes do not fit together")]


def test_one_list_in_an_archive_does_not_spoil_the_others(desk: Desk) -> None:
    """What cannot be read in it is named."""
    found = desk.read(packed({"liked.csv": "title,artist\nA,B\n", "notes.csv": "foo,bar\n1,2\n"}))
    assert said(found) == {"B - A": 1}
    assert len(found.notes) == 1
    assert found.notes[0].startswith("notes.csv is left out: I do not know what the columns")


@pytest.mark.parametrize(
    "at",
    [
        "1767217094",
        "1767217094000",
        "31 Dec 2025, 21:38",
        "2025-12-31T21:38:14Z",
        "2025-12-31 21:38",
        "2025/12/31 21:38",
    ],
)
def test_instants_of_many_spellings(desk: Desk, at: str) -> None:
    """They all are the end of 2025, so that what was heard then weighs almost whole; no instant weighs nothing off."""
    rows = f'"{at}",A,B\n' * 8
    assert only(desk.read(f"listened_at,title,artist\n{rows}")).among == 2
    assert only(desk.read("listened_at,title,artist\n" + "0,A,B\n" * 8)).among == 2
    assert (
        only(desk.read(f"listened_at,title,artist\n{rows}".replace("2025", "2015").replace("1767", "1420"))).among > 8
    )


def test_links_that_lead_nowhere_do_no_harm_beside_a_name(desk: Desk) -> None:
    """The name will do; a link alone must lead to a track."""
    found = desk.read("title,artist,url\nA,B,https://example.org/x\n,,https://example.org/y\n")
    assert said(found) == {"B - A": 1}
    assert found.problems[0].place == "line 3"


def test_json_that_is_none_is_a_sentence(desk: Desk) -> None:
    """Whichever way it breaks, before its first entry."""
    for text in ('{"tracks" [1]}', "[", "{1: 2}", '{"a": tru'):
        assert "no tracks" in desk.refusal(text, "x.json")


@pytest.mark.parametrize(
    ("line", "label"),
    [
        (ImportLine("A", "B"), "B - A"),
        (ImportLine("A"), "A"),
        (ImportLine(ref=TrackRef(Service.DEEZER, "1")), "deezer:1"),
        (ImportLine(isrc="GBBPW9800017"), "GBBPW9800017"),
    ],
)
def test_a_line_is_named_by_whatever_names_it(line: ImportLine, label: str) -> None:
    """For lists of what was not found."""
    assert line.label == label
