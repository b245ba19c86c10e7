"""Baselines that must behave: one that answers without reading, and one that reads.

The reader finds the answer in the context alone, so that it shows that the answer is there, and
given a part of the context only, what that part is worth.
"""

import re
from collections.abc import Mapping, Sequence

from scoring.drafts import Reader
from scoring.suites.infinitebench.generate import chinese_novel, plot, plot_words
from scoring.suites.infinitebench.generate import chinese_words as chinese
from scoring.suites.infinitebench.generate.arithmetic import find_answer
from scoring.suites.infinitebench.generate.code_debug import is_sound
from scoring.suites.infinitebench.generate.script import MASK

LETTERS = "ABCD"

CONSTANTS: Mapping[str, str] = {
    "longbook_sum_eng": "The book tells of people in a small town and of what they own and owe.",
    "longbook_qa_eng": "the old house",
    "longbook_choice_eng": "A",
    "longdialogue_qa_eng": "NARRATOR",
    "longbook_qa_chn": "不知道",
    "code_debug": "A.",
    "code_run": "0",
    "math_calc": "50",
    "math_find": "90",
    "passkey": "12345",
    "number_string": "1122334455",
    "kv_retrieval": "01234567-89ab-4cde-8f01-23456789abcd",
}
"""What is said whatever the question."""


def _read_passkey(context: str, _input: str, _options: Sequence[str]) -> str:
    match = re.search(r"is (\d+)\. Keep it in mind\. (\d+) is", context)
    return match[1] if match else ""


def _read_value(context: str, question: str, _options: Sequence[str]) -> str:
    key = question.split('"')[1]
    match = re.search(rf'"{key}": "([^"]{{36}})"', context)
    return match[1] if match else ""


def _read_largest(context: str, question: str, _options: Sequence[str]) -> str:
    wanted = re.search(r"The (.+?)(?: number)? of the list", question)
    # The last number may be cut in two.
    numbers = [int(number) for number in re.findall(r"(\d+)(?=[,\]])", context)]
    name = wanted[1].removesuffix(" number") if wanted else ""
    return str(find_answer(name, numbers)) if numbers else ""


def _read_results(context: str, _input: str, _options: Sequence[str]) -> str:
    whole = context if context[-1:].isdigit() else context.rpartition(" ")[0]
    first, _, rest = whole.partition(" ")
    value, results = int(first), []
    for sign, operand in re.findall(r"([+-]) (\d+)", rest):
        value += int(sign + operand)
        results.append(str(value))
    return ", ".join(results)


def _run_code(context: str, question: str, _options: Sequence[str]) -> str:
    call = re.search(r"(func_\d+)\((-?\d+)\)", question)
    bodies = {
        match[1]: (match[2], int((match[3] or "0").replace(" ", "")))
        for match in re.finditer(
            r"def (func_\d+)\(x\):\n    return (?:(func_\d+)\()?x\)?( [+-] \d+)?\n\n", context
        )
    }
    if call is None:
        return ""
    name, value = call[1], int(call[2])
    while name:
        if name not in bodies:
            return ""
        name, added = bodies[name]
        value += added
    return f"The return value is: {value}"


def _read_package(context: str, _input: str, options: Sequence[str]) -> str:
    for letter, name in zip(LETTERS, options, strict=True):
        match = re.search(
            rf"^def {name}\(.*?(?=^# Package|^def |\Z)", context, re.DOTALL | re.MULTILINE
        )
        # A function that the text breaks off in is no error.
        is_whole = match is not None and match[0].endswith("\n\n\n")
        if match and is_whole and not is_sound(match[0]):
            return f"{letter}. {name}"
    return ""


def _read_script(context: str, _input: str, _options: Sequence[str]) -> str:
    masked = re.search(rf"^{re.escape(MASK)}: .* I still have to (.+)\.$", context, re.MULTILINE)
    claim = masked and re.search(
        rf"^([A-Z]+): .* it is me who has to {masked[1]}\.$", context, re.MULTILINE
    )
    return claim[1] if claim else ""


def _english_patterns() -> dict[str, re.Pattern[str]]:
    """How each kind of fact is recognised in a book."""
    person = r"[A-Z]\w+ [A-Z]\w+"
    groups = {
        "gift": (person, "|".join(plot_words.THINGS)),
        "hiding place": ("|".join(plot_words.SPOTS), "|".join(plot_words.HIDDEN)),
        "reason": ("|".join(plot_words.REASONS), r"\w+"),
    }
    patterns = {}
    for kind in plot.KINDS:
        value, second = groups.get(kind.name, (r"[\w-]+(?: \w+)?", ""))
        patterns[kind.name] = _pattern(kind.told + r"\.", person, value, second)
    return patterns


def _chinese_patterns() -> dict[str, re.Pattern[str]]:
    person = f"[{chinese.SURNAMES}][{chinese.GIVEN}][{chinese.GIVEN}]"
    village = f"[{chinese.VILLAGE_STARTS}](?:{'|'.join(chinese.VILLAGE_ENDS)})"
    groups = {
        "gift": (person, "|".join(chinese.THINGS)),
        "hiding place": ("|".join(chinese.SPOTS), "|".join(chinese.HIDDEN)),
        "trade": ("|".join(chinese.TRADES), ""),
        "origin": (village, ""),
        "debt": (f"[{chinese_novel.DIGITS}十]+", ""),
    }
    return {
        kind.name: _pattern(kind.told + "。", person, *groups[kind.name])
        for kind in chinese_novel.KINDS
    }


def _pattern(told: str, person: str, value: str, second: str) -> re.Pattern[str]:
    groups = {"A": person, "B": person, "V": value, "W": second}
    return re.compile(told.format_map({k: f"(?P<{k}>{v})" for k, v in groups.items()}))


_ENGLISH = _english_patterns()
_CHINESE = _chinese_patterns()


def _read_summary(context: str, _input: str, _options: Sequence[str]) -> str:
    found = [
        (match.start(), kind.summed_up.format_map(match.groupdict()))
        for kind in plot.KINDS
        for match in _ENGLISH[kind.name].finditer(context)
    ]
    return " ".join(sentence for _, sentence in sorted(found))


def _read_answer(context: str, question: str, _options: Sequence[str]) -> str:
    for kind in plot.KINDS:
        for match in _ENGLISH[kind.name].finditer(context):
            if kind.question.format_map(match.groupdict() | {"V": ""}) == question:
                return str(match["V"])
    return ""


def _read_option(context: str, question: str, options: Sequence[str]) -> str:
    answer = _read_answer(context, question, options)
    return LETTERS[options.index(answer)] if answer in options else ""


def _read_chinese(context: str, question: str, _options: Sequence[str]) -> str:
    for kind in chinese_novel.KINDS:
        for match in _CHINESE[kind.name].finditer(context):
            if kind.question.format_map(match.groupdict() | {"V": ""}) == question:
                return str(match["V"])
    return ""


READERS: Mapping[str, Reader] = {
    "longbook_sum_eng": _read_summary,
    "longbook_qa_eng": _read_answer,
    "longbook_choice_eng": _read_option,
    "longdialogue_qa_eng": _read_script,
    "longbook_qa_chn": _read_chinese,
    "code_debug": _read_package,
    "code_run": _run_code,
    "math_calc": _read_results,
    "math_find": _read_largest,
    "passkey": _read_passkey,
    "number_string": _read_passkey,
    "kv_retrieval": _read_value,
}
