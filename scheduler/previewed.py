"""What stands of a previewed list: what its owner saw, less what they want none of."""

from catalog.models import Pick
from storage.opinions import Source
from storage.owners import Owner
from storage.stores import Storage

NEWEST = 2_000
"""Rows of a person's feedback looked through for dislikes: what they said of a preview is new."""


async def standing_preview(storage: Storage, week: str, owner: Owner) -> list[Pick]:
    """Return the list that was previewed, spares at its end, less what the owner vetoed or disliked; [] if none was."""
    seen = await storage.previews.get(week, owner)
    if not seen or owner.kind != "person":
        return []
    unwanted = await storage.vetoes.kept_out(owner.id)
    rows = await storage.feedback.of_person(owner.id, NEWEST)
    previewed = {pick.track.id for pick in seen}
    for track_id in {row.track_id for row in rows if row.track_id in previewed and row.source is not Source.IMPORT}:
        opinion = await storage.feedback.opinion_of(owner.id, track_id)
        if opinion is not None and opinion < 0:
            unwanted.add(track_id)
    return [pick for pick in seen if pick.track.id not in unwanted]
