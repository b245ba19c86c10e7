"""The one option that a prediction chooses, read without a look at the right one."""

import re

from scoring.normalize import is_denied, plain

_BARE = re.compile(r"[\W_]*([A-Da-d])[\W_]*")
_LED_LINE = re.compile(
    r"[ \t]*(?:(?:[Oo]ption|[Aa]nswer|[Cc]hoice)[ \t]?:?[ \t]?)?"
    r"[(\[]?([A-D])(?:[)\]:,]|\.(?![A-Z]\.)| ?[-–—] |[ \t]*$)"
)
_NEXT_QUESTION = re.compile(r"\n[ \t]*(?:Question|Options?|Q)[ \t]?:")
# The letters come first in these, because the search then skips what is none of them.
_LETTER = re.compile(r"[A-D](?![\w'])")
_LONE = re.compile(r"([A-D])(?<![\w'.][A-D])(?![\w'])")
_LAST = re.compile(r"([A-D])(?<![\w'.][A-D])[)\].!\"']*$")
_WRAPPED = re.compile(r"[(\[]([A-D])[)\]]")
_CUE_WORDS = ("is", "be", "answer", "choice")
_CUED = re.compile(
    r"(?:(?i:\banswer|\bchoice|\bis|\bbe)\b ?[:=]?|答案[是为]?[:：]?) ?"
    r"(?i:the )?(?i:correct )?(?i:option |choice |letter |function )?[(\[\"']?[A-D]\Z"
)
_LONGEST_CUE = len("_answer : the correct function (A")
_ARTICLE = re.compile(r" [a-z]")
_AFTER_LETTER = re.compile(r" (?:or|and|because|since|as|which|based)\b")
_ALTERNATIVE = re.compile(
    r"[)\].:\"']{0,2} ?(?:\bor\b|\band\b|/|,|&|\|) ?(?:\bor\b |\band\b )?"
    r"(?:[Oo]ption )?[(\[\"']?[A-D](?![\w'])|[)\]] ?[(\[][A-D][)\]]"
)
_TEXT_CUE = re.compile(
    r"\b(?:answer|choice|is|be)\b ?[:=]? ?(?:the )?(?:function |method |option )?[(\[\"']?$",
    re.IGNORECASE,
)
_MORE = re.compile(r"[)\]\"']?(?:\(\))?(?: or | and |, |/| & )")


def chosen_letter(prediction: str) -> str | None:
    """The one letter from A to D that is chosen; None where there is none, or several.

    In this order: a letter alone; the last one after "answer", "is" or "be"; the one letter
    that leads lines ("B. …", "B) …"); the one letter in brackets or at the very end.  What
    follows "Question:" or "Options:" is left out where a choice stands before it.
    """
    text = plain(prediction)
    following = _NEXT_QUESTION.search(text)
    if following:
        letter = _chosen(text[: following.start()])
        if letter:
            return letter
    return _chosen(text)


def _chosen(text: str) -> str | None:
    text = text.lstrip(" \t\n:：,.-")
    bare = _BARE.fullmatch(text)
    if bare:
        return bare[1].upper()
    flat = " ".join(text.split())
    cued = _last_cued_letter(flat)
    if cued:
        return None if _ALTERNATIVE.match(flat, cued.end()) else cued[0]
    led = {match[1] for match in map(_LED_LINE.match, text.split("\n")) if match}
    if led:
        return led.pop() if len(led) == 1 and not _ALTERNATIVE.search(flat[:12]) else None
    return _only_lone_letter(flat)


def _last_cued_letter(flat: str) -> re.Match[str] | None:
    """The last letter that stands right after "answer", "is" or "be", and is not denied."""
    for letter in reversed(list(_LETTER.finditer(flat))):
        led_up_to = flat[max(0, letter.end() - _LONGEST_CUE) : letter.end()]
        if (
            _is_cued(led_up_to)
            and not _is_article(flat, letter.end())
            and not is_denied(flat, letter.start())
        ):
            return letter
    return None


def _is_cued(led_up_to: str) -> bool:
    # The cheap look first: a megabyte may hold half a million letters.
    if led_up_to.isascii() and not any(word in led_up_to.lower() for word in _CUE_WORDS):
        return False
    return _CUED.search(led_up_to) is not None


def _only_lone_letter(flat: str) -> str | None:
    """The letter in brackets or at the end, where no other letter stands alone."""
    lone = {match[1] for match in _LONE.finditer(flat) if not _is_article(flat, match.end())}
    found = [match for match in (_WRAPPED.search(flat), _LAST.search(flat)) if match]
    first = min(found, key=re.Match.start, default=None)
    if first is None or len(lone) != 1 or is_denied(flat, first.start()):
        return None
    return first[1]


def _is_article(flat: str, end: int) -> bool:
    """Whether the letter that ends here begins a phrase, as in "A function"."""
    is_phrase = flat[end - 1] == "A" and _ARTICLE.match(flat, end)
    return bool(is_phrase) and not _AFTER_LETTER.match(flat, end)


def is_whole_answer(prediction: str, choice: str) -> bool:
    """Whether the prediction, or its first line, is this text and nothing else."""
    text, wanted = plain(prediction), _bared(plain(choice))
    return bool(wanted) and wanted in (_bared(text), _bared(text.partition("\n")[0]))


def is_stated(prediction: str, choice: str) -> bool:
    """Whether "the answer is …" is followed by this whole text, and by no alternative to it."""
    flat, wanted = " ".join(plain(prediction).split()), _bared(plain(choice))
    if not wanted:
        return False
    for match in re.finditer(re.escape(wanted) + r"(?!\w)", flat):
        cued = _TEXT_CUE.search(flat[max(0, match.start() - 40) : match.start()])
        if cued and not _MORE.match(flat, match.end()):
            return True
    return False


def _bared(text: str) -> str:
    """Text on one line without quotes and stops around it."""
    return " ".join(text.split()).strip(" \"'.,;:!?").removesuffix("()")
