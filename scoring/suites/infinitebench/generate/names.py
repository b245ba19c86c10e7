"""Names of people and places that no real book has: put together from syllables of our own."""

from scoring.stream import Stream

_FIRST_STARTS = (
    "Bel Bren Corv Dael Drim Ebr Fenn Gwar Hald Hest Ild Jorv Kett Kolm Lanth Lorv Mirv Morv Nald "
    "Neth Oth Parv Pell Quor Rald Rend Selv Sorv Tamm Thold Ulv Vand Vask Welm Wold Yarv Zand Zorm"
).split()
_FIRST_ENDS = "a ana ard eck elin en ena eth ila in ira is olan or ova un wen yn".split()
_LAST_STARTS = (
    "Barrel Bramble Candle Chalk Copper Cradle Dapple Ember Fallow Feather Ferny Flint Garnet "
    "Hazel Inkle Juniper Kettle Lantern Larch Mallow Marrow Nettle Oaken Pebble Pewter Quarrel "
    "Rafter Saddle Sorrel Tallow Thimble Umber Velvet Willow Yarrow Zephyr"
).split()
_LAST_ENDS = "bank bourne combe croft dale fold garth hurst lock mere mount pool stead sted".split()
_PLACE_STARTS = (
    "Arn Brock Cold Dry Elder Fog Gull Hollow Iron Jay Kelp Long Mist Nether Otter Pine Quarry "
    "Rook Salt Thorn Under Vale Whin Yellow"
).split()
_PLACE_ENDS = (
    "barrow beck bridge cliff cote ferry gill ham holt marsh moor reach spit thorpe".split()
)


def people(stream: Stream, n: int) -> list[str]:
    """n full names of which no two share a first or last name; at most 38."""
    starts, families = stream.sample(_FIRST_STARTS, n), stream.sample(_LAST_STARTS, n)
    if len(starts) < n or len(families) < n:
        raise ValueError(f"{n} people are more than there are names for")
    return [
        f"{first}{stream.pick(_FIRST_ENDS)} {family}{stream.pick(_LAST_ENDS)}"
        for first, family in zip(starts, families, strict=True)
    ]


def places(stream: Stream, n: int) -> list[str]:
    """n different villages; at most 24."""
    return [f"{start}{stream.pick(_PLACE_ENDS)}" for start in stream.sample(_PLACE_STARTS, n)]


def every_name() -> set[str]:
    """Every word that could ever be a name here, for a check against real books."""
    first = {start + end for start in _FIRST_STARTS for end in _FIRST_ENDS}
    last = {start + end for start in _LAST_STARTS for end in _LAST_ENDS}
    return first | last | {start + end for start in _PLACE_STARTS for end in _PLACE_ENDS}
