"""The official scoring as one would first write it: rouge-score, json, and the rules in a row.

What `benchmarks/scoring.py` measures against.  It shares no code with `scoring/`: each rule is
written down once more from the description of the authors' scorer of June 2024 (88b3daa), in the
plainest way, with no thought of speed but also with nothing done twice.
"""

import json
import re
import string
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rouge_score.rouge_scorer import RougeScorer

_CHINESE_MARKS = (
    "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』"
    "【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏."
)
Rule = Callable[[str, Any], float]


def score_folder(folder: Path, rouge_types: list[str]) -> dict[str, list[float]]:
    """Read and score every `preds_<task>.jsonl` of a folder; per-example scores by task.

    The folder's name is the model's name, which the authors' rule of Math.Calc asks for.
    """
    rules = dict(RULES)
    rouge: Any = RougeScorer(rouge_types)
    rules["longbook_sum_eng"] = lambda given, label: _summary(rouge, given, label)
    if folder.name == "gpt4":
        rules["math_calc"] = lambda given, label: _math_calc(given, label, skip=1)
    found = {}
    for path in sorted(folder.glob("preds_*.jsonl")):
        task = path.stem.removeprefix("preds_")
        found[task] = _score_file(path, rules[task])
    return found


def _score_file(path: Path, rule: Rule) -> list[float]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    key = "ground_truth" if "ground_truth" in rows[0] else "label"
    return [
        float(rule(row["prediction"] if "prediction" in row else row["pred"], row[key]))
        for row in rows
    ]


def _first(label: Any) -> Any:
    return label[0] if isinstance(label, list) else label


def _replace(text: str, unwanted: list[str]) -> str:
    for each in unwanted:
        text = text.replace(each, " ")
    return text


def _digits(given: str, label: Any) -> float:
    found = re.search(r"[0-9]+", given)
    return bool(_first(label) == (found.group() if found else ""))


def _kv_retrieval(given: str, label: Any) -> float:
    return label in _replace(given, list("\n:\"'.,?!{}")).split()


def _code_run(given: str, label: Any) -> float:
    words = _replace(given.strip(), list("\n.`'\":")).split()
    try:
        return bool(words) and int(words[-1]) == _first(label)
    except ValueError:
        return False


def _code_debug(given: str, label: Any) -> float:
    name, letter = label
    given = given.strip()
    if given[:2] in (f"{letter}.", f"{letter}:"):
        return True
    given = _replace(given, [*"\n`'\"-*", "Option", "option"])
    while "  " in given:
        given = given.replace("  ", " ")
    cues = ["answer is:", "is:", "answer:", "correct option is:"]
    return bool(_after_cue(given, cues, [letter, name]))


def _after_cue(given: str, cues: list[str], choices: list[str]) -> bool | None:
    for cue in cues:
        at = given.find(cue)
        if at >= 0:
            cut = at + len(cue) + 1
            return len(given) >= cut and any(given[cut:].startswith(each) for each in choices)
    return None


def _choice(given: str, label: Any) -> float:
    given = given.strip()
    if not given:
        return False
    if given[0] in "ABCD":
        return given[0] in label
    if given in label:
        return True
    given = _replace(given, list("\n\"'.,?!{}"))
    while "  " in given:
        given = given.replace("  ", " ")
    cued = _after_cue(given, ["answer is:", "answer:", "answer is", "option is"], label)
    if cued is not None:
        return cued
    for word in given.split():
        if word in "ABCD":
            return word in label
    return False


def _math_find(given: str, label: Any) -> float:
    label = _first(label)
    found = re.search(r"\d+\.\d+|\d+", given)
    if not found:
        return False
    return bool((int if isinstance(label, int) else float)(found.group()) == label)


def _math_calc(given: str, label: Any, *, skip: int = 0) -> float:
    expected = label[0] if isinstance(label[0], list) else label
    numbers = [int(each) for each in re.findall(r"[0-9]+", given)][skip:]
    matched = 0
    for number, wanted in zip(numbers, expected, strict=False):
        if number != wanted:
            break
        matched += 1
    return matched / len(expected)


def _dialogue(given: str, label: Any) -> float:
    words = _replace(given.strip(), list("\n:\"'.,?!{}")).split()
    return label[0] in [word.upper() for word in words]


def _f1(given: list[str], expected: list[str]) -> float:
    same = sum((Counter(given) & Counter(expected)).values())
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(expected)
    return 2 * precision * recall / (precision + recall)


def _english(text: str) -> list[str]:
    marks = set(string.punctuation)
    text = "".join(char for char in text.lower() if char not in marks)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def _chinese(text: str) -> list[str]:
    marks = set(string.punctuation + _CHINESE_MARKS)
    return list("".join("".join(char for char in text.lower() if char not in marks).split()))


def _qa(tokens: Callable[[str], list[str]]) -> Rule:
    def rule(given: str, label: Any) -> float:
        return max((_f1(tokens(given), tokens(each)) for each in label), default=0.0)

    return rule


def _summary(rouge: Any, given: str, label: Any) -> float:
    labels = label if isinstance(label, list) else [label]
    return max(float(rouge.score(each, given)["rougeLsum"].fmeasure) for each in labels)


RULES: dict[str, Rule] = {
    "longbook_qa_eng": _qa(_english),
    "longbook_choice_eng": _choice,
    "longdialogue_qa_eng": _dialogue,
    "longbook_qa_chn": _qa(_chinese),
    "code_debug": _code_debug,
    "code_run": _code_run,
    "math_calc": _math_calc,
    "math_find": _math_find,
    "passkey": _digits,
    "number_string": _digits,
    "kv_retrieval": _kv_retrieval,
}
"""All rules but the summary's, which needs a scorer object."""
