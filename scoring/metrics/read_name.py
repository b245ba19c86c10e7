"""Whether a prediction names one person, and nobody beside."""

import re
from collections.abc import Iterable

from scoring.normalize import is_denied, plain

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"\b(\w+)[.!?][\"')]* +(?=[A-Z])")
_JOINED_AFTER = re.compile(
    r"[ )\"']{0,3}(?:[,;/&|]|\bor\b|\band\b)[ (\"']{0,3}(?:or |and )?(\w+)", re.IGNORECASE
)
_JOINED_BEFORE = re.compile(
    r"(\w+)[ )\"']{0,3}(?:[,;/&|] ?|\bor\b|\band\b|[,;] (?:or|and))[ (\"']{0,3}$", re.IGNORECASE
)
_MOST_WORDS_OF_A_NAME = 5
_MOST_OTHERS = 2
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "st"})
_NO_NAMES = frozenset(
    {"a", "an", "as", "because", "but", "from", "he", "her", "his", "in", "is", "she", "the"}
    | {"which", "who"}
)

Word = re.Match[str]


def names_one_of(prediction: str, aliases: Iterable[str]) -> bool:
    """Whether the first sentence names a person by an alias, and is no list of names.

    Case does not matter, whole words do.  A list is a name joined to the alias by a comma,
    slash, "or" or "and"; more than two other names anywhere in the sentence; or more than five
    capitalised words in a row.  A list of aliases of the same person is none.
    """
    line = _first_statement(plain(prediction))
    words = list(_WORD.finditer(line))
    folded = [word[0].casefold() for word in words]
    known = [[part.casefold() for part in _WORD.findall(plain(alias))] for alias in aliases]
    own = {part for alias in known for part in alias}
    people = _people(line, words)
    others = [person for person in people if own.isdisjoint(_folded(person))]
    if len(others) > _MOST_OTHERS or any(len(each) > _MOST_WORDS_OF_A_NAME for each in people):
        return False
    return any(
        _stands_alone(line, words, at, at + len(alias) - 1, own)
        for alias in known
        if alias
        for at in range(len(folded) - len(alias) + 1)
        if folded[at : at + len(alias)] == alias
    )


def _first_statement(text: str) -> str:
    """The first sentence of the first line, or of the next one after a colon."""
    first, _, rest = text.partition("\n")
    if first.endswith(":"):
        first = f"{first} {rest.lstrip().partition(chr(10))[0]}"
    for end in _SENTENCE_END.finditer(first):
        if not _is_shortened(end[1]):
            return first[: end.end()]
    return first


def _people(line: str, words: list[Word]) -> list[list[Word]]:
    """Capitalised words in a row, parted by no more than a space, or a title's or initial's dot."""
    people: list[list[Word]] = []
    for word in words:
        if not word[0][0].isupper():
            continue
        between = line[people[-1][-1].end() : word.start()] if people else "\n"
        is_short = bool(people) and _is_shortened(people[-1][-1][0])
        if between in (" ", "'", "-") or (between in (". ", ".") and is_short):
            people[-1].append(word)
        else:
            people.append([word])
    return people


def _is_shortened(word: str) -> bool:
    return len(word) == 1 or word.casefold() in _TITLES


def _folded(person: list[Word]) -> list[str]:
    return [word[0].casefold() for word in person]


def _stands_alone(line: str, words: list[Word], first: int, last: int, own: set[str]) -> bool:
    """Whether the alias in these words is not denied, not hyphenated and not one of a list."""
    start, end = words[first].start(), words[last].end()
    if line[max(0, start - 1) : start] == "-" or re.match(r"-\w", line[end : end + 2]):
        return False
    if is_denied(line, start):
        return False
    while first and _continues(line, words[first - 1], words[first]):
        first -= 1
    while last + 1 < len(words) and _continues(line, words[last], words[last + 1]):
        last += 1
    start, end = words[first].start(), words[last].end()
    joined = (
        _JOINED_BEFORE.search(line[max(0, start - 40) : start]),
        _JOINED_AFTER.match(line, end),
    )
    return not any(match and _is_name(match[1], line, own) for match in joined)


def _continues(line: str, left: Word, right: Word) -> bool:
    """Whether two neighbours are parts of one capitalised name."""
    is_next = line[left.end() : right.start()] == " "
    return is_next and left[0][0].isupper() and right[0][0].isupper()


def _is_name(word: str, line: str, own: set[str]) -> bool:
    """Whether a word is, as far as its looks go, somebody else's name."""
    if word.casefold() in own or word.casefold() in _NO_NAMES:
        return False
    return word[0].isupper() or line.islower()
