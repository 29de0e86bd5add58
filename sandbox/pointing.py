"""Settings that point the clients of the knowledge services and of the open web at a sandbox."""

from typing import TypedDict

from catalog.itunes import ITunesSettings
from catalog.lastfm import LastFmSettings
from catalog.listenbrainz import ListenBrainzSettings
from catalog.musicbrainz import MusicBrainzSettings
from catalog.reccobeats import ReccoBeatsSettings
from catalog.web import CatalogSettings
from sandbox.server import CONTACT, Sandbox

UNPACED = 10_000.0  # requests a second: loopback needs no pacing, and pacing would take real time


class Pointing(TypedDict):
    """Sections of the settings, for `Settings(**pointing(sandbox))`."""

    musicbrainz: MusicBrainzSettings
    listenbrainz: ListenBrainzSettings
    reccobeats: ReccoBeatsSettings
    itunes: ITunesSettings
    lastfm: LastFmSettings
    catalog: CatalogSettings


def pointing(sandbox: Sandbox) -> Pointing:
    """Return the sections that lead to the sandbox's services."""
    bases = sandbox.knowledge_bases
    return Pointing(
        musicbrainz=MusicBrainzSettings(api_base=bases["musicbrainz"], contact=CONTACT, rate=UNPACED),
        listenbrainz=ListenBrainzSettings(
            api_base=bases["listenbrainz"], labs_base=bases["labs"], rate=UNPACED, labs_rate=UNPACED
        ),
        reccobeats=ReccoBeatsSettings(api_base=bases["reccobeats"], rate=UNPACED),
        itunes=ITunesSettings(api_base=bases["itunes"], rate=UNPACED),
        lastfm=LastFmSettings(api_base=bases["lastfm"], rate=UNPACED),
        catalog=CatalogSettings(web_base=sandbox.web_base, rate=UNPACED),
    )
