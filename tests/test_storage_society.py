"""What a server's members may see of each other, and what people said of their taste itself."""

from sandbox.clock import FastClock
from storage.corrections import MOST, Way
from storage.mutes import Scope
from storage.opinions import Source
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CAT, SERVER, saved_ids, share

OTHER = 77


async def test_words_are_of_those_who_spoke_there(storage: Storage) -> None:
    """With what they said elsewhere marked as such; who only spoke elsewhere is not among them."""
    ids = await saved_ids(storage, 2)
    await share(storage, 1, ids[:1], author=ANN)
    await share(storage, 2, ids[1:], author=ANN, server_id=OTHER)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.react(2, BOB, "👎", -1)
    await storage.feedback.react(2, CAT, "👍", 1)
    await storage.feedback.rate(BOB, ids[0], 1)
    words = await storage.here.words(SERVER)
    names = {person.id: person.name for person in (await storage.people.get(range(1, 9))).values()}
    columns = (words.person_id, words.track_id, words.source, words.value, words.server_id, words.sharer_id)
    rows = {tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)}
    ann, bob = (next(key for key, name in names.items() if name == who) for who in ("Ann", "Bob"))
    assert rows == {
        (ann, ids[0], Source.SHARE, 1, SERVER, ann),
        (ann, ids[1], Source.SHARE, 1, OTHER, ann),
        (bob, ids[0], Source.REACTION, 1, SERVER, ann),
        (bob, ids[1], Source.REACTION, -1, OTHER, ann),
        (bob, ids[0], Source.RATING, 1, 0, 0),
    }


async def test_who_opted_out_and_what_is_muted_is_not_there(storage: Storage) -> None:
    """Neither as a voter nor as a sharer."""
    ids = await saved_ids(storage, 2)
    await share(storage, 1, ids[:1], author=ANN)
    await share(storage, 2, ids[1:], author=BOB)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.mutes.add(BOB, Scope(message_id=1))
    await storage.people.set_opted_out(ANN.discord_id, "Ann", True)
    words, shared = await storage.here.words(SERVER), await storage.here.shared(SERVER)
    assert words.track_id.tolist() == [ids[1]]
    assert shared.track_id.tolist() == [ids[1]]
    assert len(await storage.here.words(OTHER)) == len(await storage.here.shared(OTHER)) == 0


async def test_the_newest_correction_of_a_subject_stands(storage: Storage, clock: FastClock) -> None:
    """It takes the place of the older one, and can be taken back once."""
    assert await storage.corrections.correct(ANN, "tag:shoegaze", Way.LESS)
    await clock.sleep(60)
    assert await storage.corrections.correct(ANN, "side:energy", Way.MORE)
    assert await storage.corrections.correct(ANN, "tag:shoegaze", Way.MORE)
    person = await storage.people.by_discord_id(ANN.discord_id)
    assert person is not None
    kept = await storage.corrections.of(person.id)
    assert [(each.subject, each.way) for each in kept] == [("side:energy", Way.MORE), ("tag:shoegaze", Way.MORE)]
    assert await storage.corrections.all() == {person.id: {"tag:shoegaze": 1, "side:energy": 1}}
    assert not await storage.corrections.take_back(BOB.discord_id, "tag:shoegaze")
    assert await storage.corrections.take_back(ANN.discord_id, "tag:shoegaze")
    assert not await storage.corrections.take_back(ANN.discord_id, "tag:shoegaze")
    assert [each.subject for each in await storage.corrections.of(person.id)] == ["side:energy"]


async def test_corrections_have_an_end(storage: Storage) -> None:
    """As many as a menu can offer; one that stands may still be turned round. Who opted out has none."""
    for number in range(MOST):
        assert await storage.corrections.correct(ANN, f"tag:{number}", Way.LESS)
    assert not await storage.corrections.correct(ANN, "tag:more", Way.LESS)
    assert await storage.corrections.correct(ANN, "tag:3", Way.MORE)
    await storage.people.set_opted_out(ANN.discord_id, "Ann", True)
    assert await storage.corrections.all() == {}
    assert not await storage.corrections.correct(ANN, "tag:3", Way.LESS)
