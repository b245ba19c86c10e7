"""Text normal forms that metrics share."""

import re
import string

INT_DIGITS = 4300
"""CPython's own limit for int(); fixed here so that no environment variable moves a score."""

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_ARTICLES = frozenset({"a", "an", "the"})
# Two literal spaces are found twice as fast as " {2,}" finds them.
_SPACES = re.compile("  +")
_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ASCII_PUNCTUATION = string.punctuation.encode()
_DELETE_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
_CHINESE_PUNCTUATION = (
    "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』"
    "【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏."
)
_DELETE_CHINESE_PUNCTUATION = str.maketrans("", "", string.punctuation + _CHINESE_PUNCTUATION)
_FORGOTTEN_CHINESE_PUNCTUATION = str.maketrans("", "", "《〈〉．·•￥¥﹑﹐°×")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_DASHES = str.maketrans({"–": " ", "—": " ", "…": " ", "\u2212": "-"})
_DENYING = ("not", "n't", "never", "neither", "nor", "不是", "并非")
_DENIAL = re.compile(
    r"(?:\b(?:not|cannot|never|neither|nor)|n't|不是|并非)[^\w.!?;\n]*"
    r"(?:(?:be|by|from|the|an?|option|letter|called|named)\b[^\w.!?;\n]*){0,3}$"
)


def read_int(text: str) -> int:
    """int(text), with CPython's default digit limit in every environment.  Raises: ValueError."""
    if len(text) > INT_DIGITS and sum(map(str.isdecimal, text)) > INT_DIGITS:
        raise ValueError(f"more than {INT_DIGITS} digits")
    return int(text)


def fold_width(text: str) -> str:
    """Full-width forms and the ideographic space as ASCII, as NFKC folds these.

    Whole NFKC is not used: it glues "71432²" to one number and takes quadratic time on
    piled-up accents.
    """
    return text if text.isascii() else text.translate(_WIDTH)


def blank_out(text: str, unwanted: tuple[str, ...]) -> str:
    """Each unwanted string, in this order, replaced by one space."""
    for each in unwanted:
        text = text.replace(each, " ")
    return text


def single_spaced(text: str) -> str:
    """Runs of ASCII spaces as one; other white space stays."""
    return _SPACES.sub(" ", text)


def _without_ascii_punctuation(text: str) -> str:
    # On bytes this takes a tenth of the time.
    if text.isascii():
        return text.encode().translate(None, _ASCII_PUNCTUATION).decode()
    return text.translate(_DELETE_ASCII_PUNCTUATION)


def english_tokens(text: str) -> list[str]:
    """Lower-case words without ASCII punctuation and articles, as SQuAD compares them."""
    text = _without_ascii_punctuation(text.lower())
    words = text.split()
    if "".join(words).isalnum():
        # Then words end at white space only, and an article is a word of its own.
        return [word for word in words if word not in _ARTICLES]
    return _ARTICLE.sub(" ", text).split()


def chinese_tokens(text: str) -> list[str]:
    """Lower-case code points without ASCII and the authors' Chinese punctuation and spaces."""
    return list("".join(text.lower().translate(_DELETE_CHINESE_PUNCTUATION).split()))


def english_tokens_of_any_quotes(text: str) -> list[str]:
    """As `english_tokens`, where curly quotes are quotes and long dashes part words."""
    return english_tokens(fold_width(text).translate(_CURLY).translate(_DASHES))


def chinese_tokens_of_any_marks(text: str) -> list[str]:
    """As `chinese_tokens`, without the marks that the authors' list lacks; full width folded."""
    return chinese_tokens(fold_width(text.translate(_FORGOTTEN_CHINESE_PUNCTUATION)))


def plain(text: str) -> str:
    """Text as people read it: no bold or code marks, straight quotes, no full-width forms."""
    # Nothing that is folded or straightened is ASCII, as most predictions are.
    if not text.isascii():
        text = fold_width(text).translate(_CURLY)
    return text.replace("*", "").replace("`", "").replace("\u2212", "-").strip()


def is_denied(text: str, start: int) -> bool:
    """Whether "not", or a word like it, stands right before a position of a plain text."""
    before = text[max(0, start - 40) : start].lower()
    # The cheap look first: a megabyte may hold half a million numbers.
    return any(word in before for word in _DENYING) and _DENIAL.search(before) is not None
