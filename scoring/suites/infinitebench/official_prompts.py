"""Reads an operator's copy of the authors' prompt file by parsing it; it is never run.

The file assigns dictionaries of plain texts to names that end in _templates.  Anything else in it
is refused, with its line.
"""

import ast
from collections.abc import Mapping
from typing import Final

from scoring.prompts import (
    BadTemplate,
    OfficialPrompts,
    PromptSet,
    RefusedFile,
    TaskPrompt,
    template_fields,
)
from scoring.suites.infinitebench.prompts import FIELDS
from scoring.suites.infinitebench.tasks import TASKS

FILE_CHARS: Final = 200_000
_SUFFIX: Final = "_templates"
# Families whose models continue a text.
_BASE_FAMILIES: Final = ("yarn_mistral", "rwkv")
# Fields that every row of a task can fill.
_FIELDS: Final = {
    "code_run": {"func", "func_call"},
    "math_find": {"prefix", "prompt"},
    "code_debug": {f"OPTION_{letter}" for letter in "ABCD"},
    "longbook_choice_eng": {f"OPTION_{letter}" for letter in "ABCD"},
}
_COMMON: Final = {"context", "input", "question"}


def read_official_prompts(source: str) -> OfficialPrompts:
    """Read the text of the authors' src/prompt.py.

    Raises:
        RefusedFile: if it holds anything but dictionaries of texts.
    """
    if len(source) > FILE_CHARS:
        raise RefusedFile(f"The file has more than {FILE_CHARS} characters.")
    try:
        body = ast.parse(source).body
        families = dict(_family(statement) for statement in body)
    except (SyntaxError, ValueError) as error:
        if isinstance(error, RefusedFile):
            raise
        raise RefusedFile(f"This is no Python file: {error}.") from error
    except (RecursionError, MemoryError) as error:
        raise RefusedFile("The file is nested too deeply.") from error
    if not families:
        raise RefusedFile(f"The file assigns nothing to a name that ends in {_SUFFIX}.")
    sets, unusable = [], {}
    for family, templates in families.items():
        try:
            sets.append(_prompt_set(family, templates))
        except BadTemplate as error:
            unusable[family] = str(error)
    return OfficialPrompts(tuple(sets), unusable)


def _family(statement: ast.stmt) -> tuple[str, dict[str, str]]:
    if (
        not isinstance(statement, ast.Assign)
        or len(statement.targets) != 1
        or not isinstance(target := statement.targets[0], ast.Name)
        or not target.id.endswith(_SUFFIX)
        or not isinstance(statement.value, ast.Dict)
    ):
        raise RefusedFile(
            f"Line {statement.lineno}: only names that end in {_SUFFIX} may be assigned, "
            "each a dictionary of texts."
        )
    templates = {}
    for key, value in zip(statement.value.keys, statement.value.values, strict=True):
        if key is None:
            raise RefusedFile(f"Line {value.lineno}: ** is not read.")
        templates[_text(key)] = _text(value)
    return target.id.removesuffix(_SUFFIX), templates


def _text(node: ast.expr) -> str:
    """A text, or several that + joins."""
    parts: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
            waiting += [one.right, one.left]
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            parts.append(one.value)
        else:
            raise RefusedFile(f"Line {one.lineno}: a plain text is expected here.")
    # A text that cannot be stored or sent, such as half of a surrogate pair, is no prompt.
    try:
        "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise RefusedFile(f"Line {node.lineno}: this text is not Unicode.") from error
    return "".join(parts)


def _prompt_set(family: str, templates: Mapping[str, str]) -> PromptSet:
    """A family as a prompt set, its name ending in its hash.

    Raises:
        BadTemplate: if a task is missing or a template needs what no example has.
    """
    tasks = {}
    for task in TASKS:
        template = templates.get(task.slug)
        if template is None:
            raise BadTemplate(f"It has no prompt for {task.slug}.")
        try:
            unknown = template_fields(template) - _COMMON - _FIELDS.get(task.slug, set())
        except BadTemplate as error:
            raise BadTemplate(f"{task.slug}: {error}") from error
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
            raise BadTemplate(f"{task.slug}: no example has {names}.")
        tasks[task.slug] = TaskPrompt(template, task.max_new_tokens)
    slug = family.replace("_", "-")
    draft = PromptSet(
        name=f"official-{slug}",
        title=f"The authors’ prompts for {slug}",
        is_chat=family not in _BASE_FAMILIES,
        fields=FIELDS,
        tasks=tasks,
    )
    return PromptSet(
        name=f"{draft.name}@{draft.sha256[:12]}",
        title=draft.title,
        is_chat=draft.is_chat,
        fields=draft.fields,
        tasks=draft.tasks,
    )
