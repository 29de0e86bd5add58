"""The words that people tag the invented genres with: real ones, since what reads tags knows real ones."""

from collections.abc import Mapping, Sequence

# The first says it best; some stand for the decade, the mood or the parent.
TAGS: Mapping[str, Sequence[str]] = {
    "lanternwave": ("synthwave", "electronic", "synth-pop", "retrowave", "80s", "electropop", "instrumental"),
    "tidehouse": ("house", "deep house", "electronic", "dance", "tech house", "club"),
    "razorstep": ("drum and bass", "neurofunk", "electronic", "jungle", "breakbeat", "bass music"),
    "sugarplank": ("pop", "bubblegum pop", "dance-pop", "teen pop", "female vocalists", "catchy"),
    "bogfolk": ("folk", "singer-songwriter", "acoustic", "indie folk", "americana", "traditional folk"),
    "chambermoss": ("classical", "chamber music", "modern classical", "instrumental", "orchestral", "string quartet"),
    "stillglass": ("ambient", "drone", "electronic", "chillout", "dark ambient", "instrumental"),
    "steelgaze": ("shoegaze", "dream pop", "alternative rock", "indie rock", "noise pop", "rock"),
    "quarrycore": ("metal", "death metal", "black metal", "thrash metal", "heavy metal", "brutal"),
    "velvetine": ("jazz", "bebop", "cool jazz", "vocal jazz", "swing", "piano"),
    "dustbeat": ("hip hop", "boom bap", "lo-fi hip hop", "instrumental hip hop", "rap", "jazz rap"),
    "sunskank": ("reggae", "dub", "roots reggae", "ska", "dancehall", "rocksteady"),
}  # fmt: skip

# MusicBrainz lists these as genres; the others are tags alone.
_NO_GENRES = (
    "80s",
    "instrumental",
    "female vocalists",
    "catchy",
    "club",
    "brutal",
    "piano",
    "acoustic",
    "string quartet",
)
GENRE_TAGS = frozenset(tag for tags in TAGS.values() for tag in tags if tag not in _NO_GENRES)

# Moods, places and times: true, and of little help with a genre.
FOLK = (
    "melancholic", "happy", "chill", "british", "german", "canadian", "90s", "2010s", "summer", "night", "party",
    "relaxing", "dreamy", "beautiful",
)  # fmt: skip
# What tells of the person, not of the music.
NOISE = (
    "seen live",
    "favorites",
    "favourite",
    "awesome",
    "my music",
    "spotify",
    "good",
    "love",
    "albums i own",
    "check out",
    "fip",
)


def respelt(tag: str) -> str:
    """Return another spelling that people use."""
    if "-" in tag:
        return tag.replace("-", " ")
    return tag.replace(" ", "-") if " " in tag else tag.title()
