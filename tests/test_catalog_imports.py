"""What members bring along, understood: the exports as they come, lists of all spellings, and files that are none."""

import json
import zipfile
from pathlib import Path

import pytest

from catalog.imports import ImportKind, ImportLine, Understood
from catalog.imports_reading import digest_of, read_import
from catalog.models import Service, TrackRef
from tests.fixtures.imports import NOW, Desk
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

SPOTIFY_ID = "4uLU6hMCjMI75M1A2tKUQC"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"


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
