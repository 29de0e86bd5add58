"""Fictional names: of artists, of tracks and of albums, in the colours of each genre."""

import random
from collections.abc import Callable, Sequence

# Three lists a genre: things, qualities, doings. Artists, titles and albums are put together from them.
WORDS: dict[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "lanternwave": (
        ("Arcade", "Boulevard", "Chrome", "Dashboard", "Skyline", "Cassette", "Mirage", "Motel", "Satellite", "Visor"),
        ("Neon", "Violet", "Midnight", "Analog", "Electric", "Phantom", "Magenta", "Distant"),
        ("Driving", "Glowing", "Rewinding", "Fading", "Cruising"),
    ),
    "tidehouse": (
        ("Harbour", "Pier", "Terrace", "Rooftop", "Anchor", "Lagoon", "Breaker", "Marina", "Sandbar", "Undertow"),
        ("Deep", "Warm", "Salted", "Golden", "Slow", "Late", "Open", "Bare"),
        ("Moving", "Rolling", "Lifting", "Waiting", "Drifting"),
    ),
    "razorstep": (
        ("Circuit", "Blade", "Sector", "Vapour", "Reactor", "Static", "Tunnel", "Warhead", "Grid", "Splinter"),
        ("Broken", "Black", "Rapid", "Hollow", "Toxic", "Serrated", "Cold", "Double"),
        ("Slicing", "Running", "Breaking", "Chasing", "Burning"),
    ),
    "sugarplank": (
        ("Lollipop", "Crush", "Summer", "Polaroid", "Bubble", "Sparkle", "Confetti", "Lipgloss", "Daydream", "Balloon"),
        ("Sweet", "Pink", "Perfect", "Dizzy", "Brand New", "Silly", "Sunny", "Glitter"),
        ("Kissing", "Dancing", "Jumping", "Falling", "Texting"),
    ),
    "bogfolk": (
        ("Heather", "Willow", "Kettle", "Fiddle", "Wagon", "Sparrow", "Millpond", "Bramble", "Lantern", "Meadow"),
        ("Old", "Weathered", "Gentle", "Wild", "Barefoot", "Crooked", "Quiet", "Winter"),
        ("Wandering", "Weaving", "Mending", "Sowing", "Homecoming"),
    ),
    "chambermoss": (
        ("Nocturne", "Elegy", "Garden", "Sonatina", "Cathedral", "Prelude", "Orchard", "Aria", "Cloister", "Vigil"),
        ("Solemn", "Silver", "Pale", "Tender", "Veiled", "Ivory", "Distant", "Second"),
        ("Mourning", "Unfolding", "Kneeling", "Listening", "Ascending"),
    ),
    "stillglass": (
        ("Horizon", "Glacier", "Vapour", "Hollow", "Aurora", "Tundra", "Breath", "Lichen", "Meridian", "Stillness"),
        ("Weightless", "Frozen", "Endless", "Blue", "Faint", "Suspended", "Polar", "Soft"),
        ("Floating", "Dissolving", "Sleeping", "Hovering", "Thawing"),
    ),
    "steelgaze": (
        ("Blur", "Feedback", "Petal", "Haze", "Cyan", "Tremolo", "Swoon", "Ceiling", "Undertone", "Halo"),
        ("Smeared", "Loud", "Lavender", "Heavy", "Dim", "Sleepy", "Washed", "Slow"),
        ("Swimming", "Sinking", "Blooming", "Melting", "Blushing"),
    ),
    "quarrycore": (
        ("Granite", "Anvil", "Ossuary", "Hammer", "Pyre", "Serpent", "Crypt", "Avalanche", "Furnace", "Throne"),
        ("Iron", "Cursed", "Bleeding", "Ashen", "Merciless", "Infernal", "Rusted", "Last"),
        ("Crushing", "Devouring", "Forging", "Descending", "Grinding"),
    ),
    "velvetine": (
        ("Saxophone", "Cognac", "Corner", "Velvet", "Trumpet", "Ashtray", "Avenue", "Piano", "Sparrow", "Nightcap"),
        ("Smoky", "Blue", "Lazy", "Crimson", "Cool", "Tipsy", "Royal", "Elegant"),
        ("Swinging", "Strolling", "Whispering", "Improvising", "Lingering"),
    ),
    "dustbeat": (
        ("Crate", "Needle", "Stairwell", "Notebook", "Corner", "Tape", "Streetlight", "Balcony", "Vinyl", "Attic"),
        ("Dusty", "Grey", "Sleepless", "Humble", "Cracked", "Low", "Rainy", "Borrowed"),
        ("Looping", "Scribbling", "Nodding", "Hustling", "Sampling"),
    ),
    "sunskank": (
        ("Island", "Mango", "Hammock", "Lion", "Drum", "Palm", "Coconut", "Riverbank", "Sunrise", "Yard"),
        ("Easy", "Irie", "Rising", "Natural", "Golden", "Righteous", "Sunny", "Humble"),
        ("Skanking", "Praising", "Swaying", "Resting", "Shining"),
    ),
}  # fmt: skip

STEMS = (
    "Ash", "Bel", "Corr", "Dun", "Elder", "Fenn", "Gild", "Harrow", "Isk", "Jor", "Kes", "Lum", "Mar", "Nim", "Orr",
    "Pell", "Quill", "Rook", "Sab", "Thorn", "Umber", "Vess", "Wick", "Yar", "Zeph", "Brindle", "Cadd", "Drav",
)  # fmt: skip
ENDS = ("ley", "wick", "more", "ane", "holt", "ette", "low", "vale", "isk", "ander", "mere", "ossi", "ovic", "und")
GIVEN = (
    "Ada", "Bruno", "Cleo", "Dario", "Esme", "Femi", "Greta", "Hugo", "Inez", "Jonas", "Kaya", "Levi", "Mina", "Nico",
    "Odile", "Piet", "Rosa", "Soren", "Tilda", "Uri", "Vera", "Wanda", "Yusuf", "Zola", "Anouk", "Boris", "Ciara",
)  # fmt: skip
TIMES = ("Tonight", "at Dawn", "in July", "After Rain", "Until Morning", "on Sundays", "in the Dark", "Once More")
NUMBERS = ("Two", "Three", "Seven", "Nine", "Ten", "Forty", "A Thousand")
PEOPLE = ("You", "Nobody", "My Brother", "the Moon", "Her", "Strangers", "Everyone I Know", "Us")


def surname(rng: random.Random) -> str:
    """Return an invented surname or place, such as `Brindlewick`."""
    return rng.choice(STEMS) + rng.choice(ENDS)


def artist_name(rng: random.Random, genre: str) -> str:
    """Return a name for an artist or band of that genre."""
    things, qualities, doings = WORDS[genre]
    thing, quality, given = rng.choice(things), rng.choice(qualities), rng.choice(GIVEN)
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"{given} {surname(rng)}",
        lambda: f"{given} {surname(rng)}",
        lambda: f"The {quality} {surname(rng)}s",
        lambda: f"{surname(rng)} {thing}",
        lambda: f"{quality} {surname(rng)}",
        lambda: f"{given} & the {thing}s",
        lambda: f"{thing} of {surname(rng)}",
        lambda: f"{rng.choice(doings)} {surname(rng)}",
        lambda: f"{surname(rng)}, {surname(rng)} & {thing}",
    )
    return rng.choice(makers)()


def track_title(rng: random.Random, genre: str) -> str:
    """Return a title in the genre's words."""
    things, qualities, doings = WORDS[genre]
    thing, other = rng.sample(list(things), 2)
    quality, doing = rng.choice(qualities), rng.choice(doings)
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"{quality} {thing}",
        lambda: f"{doing} {rng.choice(TIMES)}",
        lambda: f"{thing} and {other}",
        lambda: f"{thing} for {rng.choice(PEOPLE)}",
        lambda: f"{rng.choice(NUMBERS)} Miles to {surname(rng)}",
        lambda: f"The {thing} in {surname(rng)}",
        lambda: f"{doing} with {rng.choice(PEOPLE)}",
        lambda: f"Don't Tell {rng.choice(PEOPLE)}",
        lambda: f"{quality} {thing} {rng.choice(TIMES)}",
        lambda: f"{surname(rng)}'s {thing}",
        lambda: f"Letter to {rng.choice(GIVEN)}",
        lambda: f"({doing}) Like a {thing}",
        lambda: f"No {thing} {rng.choice(TIMES)}",
        lambda: thing,
    )
    return rng.choice(makers)()


def album_title(rng: random.Random, genre: str) -> str:
    """Return a title for an album."""
    things, qualities, _ = WORDS[genre]
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"{rng.choice(qualities)} {rng.choice(things)}s",
        lambda: f"Songs from {surname(rng)}",
        lambda: f"{surname(rng)}",
        lambda: f"The {rng.choice(things)} Years",
    )
    return rng.choice(makers)()
