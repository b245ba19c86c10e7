"""The portal's own prompt sets for the twelve tasks, and what a template's fields stand for.

The words are frozen with their names: other words are another set.
"""

import re
from collections.abc import Mapping
from typing import Final

from scoring.prompts import BadRow, PromptSet, Row, TaskPrompt

FIELDS: Final = "infinitebench-1"
_CALL: Final = re.compile(r"(func_[0-9]+)\(-?[0-9]+\)", re.ASCII)
_WANTED: Final = re.compile(r"The (.+) of", re.ASCII)
_CHOICES: Final = ("code_debug", "longbook_choice_eng")
_LETTERS: Final = "ABCD"


def read_fields(task: str, row: Row) -> Mapping[str, str]:
    """What the fields of a template stand for in one row of the data set.

    `input` and `question` are the row's question; OPTION_A to OPTION_D its options; `func` and
    `func_call` the function that Code.Run asks for; `prefix` and `prompt` the question that
    Math.Find's statement stands for.

    Raises:
        BadRow: if the row lacks what its task has.
    """
    context, question = row.get("context"), row.get("input") or ""
    if not isinstance(context, str) or not isinstance(question, str):
        raise BadRow("the example has no context and question as texts")
    fields = {"context": context, "input": question, "question": question}
    if task in _CHOICES:
        fields |= _options(row)
    if task == "code_run" and (call := _CALL.search(question)):
        fields |= {"func": call[1], "func_call": call[0]}
    if task == "math_find" and (wanted := _WANTED.search(question)):
        asked = f"What is the {wanted[1].lower()} in the following list?"
        fields |= {"prefix": asked, "prompt": asked}
    return fields


def _options(row: Row) -> dict[str, str]:
    options = row.get("options")
    if not isinstance(options, list) or len(options) < len(_LETTERS):
        raise BadRow("the example has no four options")
    return {f"OPTION_{letter}": str(text) for letter, text in zip(_LETTERS, options, strict=False)}


_OPTIONS: Final = "A. {OPTION_A}\nB. {OPTION_B}\nC. {OPTION_C}\nD. {OPTION_D}"

PORTAL_CHAT_1: Final = PromptSet(
    name="portal-chat-1",
    title="The portal’s prompts for models that follow instructions, first version",
    is_chat=True,
    fields=FIELDS,
    tasks={
        "longbook_sum_eng": TaskPrompt(
            "You will read a whole novel. When you have read it, retell its plot from beginning "
            "to end in about 800 words: who does what, why, and how it ends.\n\n"
            "<novel>\n{context}\n</novel>\n\n"
            "Now write the summary of the novel as plain text.",
            1200,
        ),
        "longbook_qa_eng": TaskPrompt(
            "You will read a whole novel and then answer one question on it.\n\n"
            "<novel>\n{context}\n</novel>\n\n"
            "Question: {question}\n"
            "Answer from the novel alone, in as few words as possible and without a sentence "
            "around them.",
            64,
        ),
        "longbook_choice_eng": TaskPrompt(
            "You will read a whole novel and then choose the right answer to one question on it."
            "\n\n<novel>\n{context}\n</novel>\n\n"
            f"Question: {{question}}\n{_OPTIONS}\n"
            "Exactly one option is right. Reply with its letter only: A, B, C or D.",
            40,
        ),
        "longdialogue_qa_eng": TaskPrompt(
            "Here is the script of a play or film. At one place the name of a character was "
            "replaced by $$MASK$$.\n\n"
            "<script>\n{context}\n</script>\n\n"
            "Which character’s name stood where $$MASK$$ is now? Reply with that name only, as "
            "the script writes it before that character’s lines.",
            40,
        ),
        "longbook_qa_chn": TaskPrompt(
            "下面是一部长篇小说的全文。请先通读，再回答文末的问题。\n\n"
            "<小说>\n{context}\n</小说>\n\n"
            "问题：{question}\n"
            "只根据小说内容作答，用尽可能少的字，不要解释。",
            64,
        ),
        "code_debug": TaskPrompt(
            "Here is the source code of a project. In exactly one of its functions somebody has "
            "planted an obvious error that makes it fail.\n\n"
            "<code>\n{context}\n</code>\n\n"
            f"The function with the planted error is one of these:\n{_OPTIONS}\n"
            "Reply with the letter, a full stop and the function’s name, in this form: A. name",
            48,
        ),
        "code_run": TaskPrompt(
            "Here are many small Python functions that call each other.\n\n"
            "<code>\n{context}\n</code>\n\n"
            "{question}\n"
            "Work out the value and reply with that whole number only.",
            32,
        ),
        "math_calc": TaskPrompt(
            "Here is a long chain of additions and subtractions. Work through it from left to "
            "right and write down the running result after every operator. For 4 + 3 - 2 that is "
            "7, 5.\n\n"
            "<expression>\n{context}\n</expression>\n\n"
            "Reply with the running results only, all of them, in order, separated by commas.",
            30_000,
        ),
        "math_find": TaskPrompt(
            "Here is a long list of numbers.\n\n"
            "<list>\n{context}\n</list>\n\n"
            "{question}\n"
            "Reply with that number only.",
            32,
        ),
        "passkey": TaskPrompt(
            "The following text is filler, except for one place that tells a pass key. Find it.\n\n"
            "<text>\n{context}\n</text>\n\n"
            "{question}\n"
            "Reply with its digits only.",
            32,
        ),
        "number_string": TaskPrompt(
            "The following text is filler, except for one place that tells a sequence of digits. "
            "Find it.\n\n"
            "<text>\n{context}\n</text>\n\n"
            "{question}\n"
            "Reply with all of its digits only, also those that repeat.",
            48,
        ),
        "kv_retrieval": TaskPrompt(
            "Here is a large JSON object. Look up one of its keys.\n\n"
            "<json>\n{context}\n</json>\n\n"
            "{question}\n"
            "Reply with the value only, without quotation marks.",
            96,
        ),
    },
)

_LINE: Final = ("\n",)

PORTAL_BASE_1: Final = PromptSet(
    name="portal-base-1",
    title="The portal’s prompts for models that continue a text, first version",
    is_chat=False,
    fields=FIELDS,
    tasks={
        "longbook_sum_eng": TaskPrompt(
            "A novel, and a summary of its plot.\n\nNovel:\n{context}\n\nSummary of the plot:",
            1200,
        ),
        "longbook_qa_eng": TaskPrompt(
            "A novel, and a question on it with a short answer.\n\nNovel:\n{context}\n\n"
            "Question: {question}\nShort answer:",
            40,
            stop=_LINE,
        ),
        "longbook_choice_eng": TaskPrompt(
            "A novel, and a question on it with four options.\n\nNovel:\n{context}\n\n"
            f"Question: {{question}}\n{_OPTIONS}\n"
            "The letter of the right option is",
            40,
            stop=_LINE,
        ),
        "longdialogue_qa_eng": TaskPrompt(
            "A script in which the name of one character was replaced by $$MASK$$.\n\n"
            "{context}\n\n"
            "The script ends here. The name that $$MASK$$ stands for is",
            40,
            stop=_LINE,
        ),
        "longbook_qa_chn": TaskPrompt(
            "一部小说，以及关于它的一个问题和简短的答案。\n\n小说：\n{context}\n\n"
            "问题：{question}\n答案：",
            40,
            stop=_LINE,
        ),
        "code_debug": TaskPrompt(
            "The source code of a project in which one function holds a planted error.\n\n"
            "{context}\n\n"
            f"One of these functions holds the error:\n{_OPTIONS}\n"
            "The function with the error is:",
            16,
            stop=_LINE,
        ),
        "code_run": TaskPrompt(
            "Python functions that call each other, and the value that one call returns.\n\n"
            "{context}\n\n"
            "{question}\nThe value is",
            8,
            stop=_LINE,
        ),
        "math_calc": TaskPrompt(
            "The running results after each operator of an expression, from left to right.\n\n"
            "Expression: 4 + 3 - 2\nRunning results: 7, 5\n\n"
            "Expression: {context}\nRunning results:",
            30_000,
            stop=_LINE,
        ),
        "math_find": TaskPrompt(
            "A list of numbers, and one number found in it.\n\n{context}\n\n{question}",
            8,
            stop=_LINE,
        ),
        "passkey": TaskPrompt(
            "A long text in which one place tells a pass key.\n\n{context}\n\n"
            "{question} The pass key is",
            8,
            stop=_LINE,
        ),
        "number_string": TaskPrompt(
            "A long text in which one place tells a sequence of digits.\n\n{context}\n\n"
            "{question} The sequence of digits is",
            16,
            stop=_LINE,
        ),
        "kv_retrieval": TaskPrompt(
            "A JSON object, and the value of one of its keys.\n\n{context}\n\n{question}",
            50,
            stop=_LINE,
        ),
    },
)
