"""What a drop says of itself when it is not as it should be: one plain sentence each."""

from catalog.errors import CatalogError, Refused

NOTHING_NEW = "There was nothing to pick from that is new to you; share or react, and next week there will be."
NOTHING_NEW_SERVER = "There was nothing to pick from yet; share some tracks, and next week there will be."
NOT_ON_SPOTIFY = "None of the tracks to pick from could be found on Spotify."
OPTED_OUT = "They asked to be left alone."
WEEK_PASSED = "The week passed before this drop could be made."


def few_tracks(have: int, wanted: int) -> str:
    """Say that candidates ran out."""
    number = "1 track" if have == 1 else f"{have} tracks"
    return f"Only {number} instead of {wanted}: there was nothing more to pick from."


def little_feedback(opinions: int) -> str:
    """Say that the list is mostly the community's."""
    said = "nothing" if opinions == 0 else "1 opinion" if opinions == 1 else f"only {opinions} opinions"
    return f"You have given {said} so far, so this list follows what the community likes: react to make it yours."


def ids_not_asked(trouble: CatalogError) -> str:
    """Say that tracks without a known id had to be left out, and why."""
    if isinstance(trouble, Refused):
        return "Spotify took no more look-ups, so only tracks already known there are in."
    return "Spotify could not be asked, so only tracks already known there are in."
