"""Prompt sets: frozen words, plain fields, one hash over all that changes an answer."""

from dataclasses import replace
from typing import Any

import pytest

from scoring import PROMPTING, SUITES
from scoring.prompts import BadRow, BadTemplate, PromptSet, TaskPrompt, split_template

SUITE = SUITES["infinitebench"]
ASKING = PROMPTING["infinitebench"]
ROW: dict[str, Any] = {
    "id": 7,
    "context": "A context with {braces} and {question}.",
    "input": "What is asked about func_3(-12)? The largest number of the list is:",
    "answer": ["x"],
    "options": ["one", "two", "three", "four"],
}
# A change of a prompt, a limit or a stop is a new set with a new name: these never change.
FROZEN = {
    "portal-chat-1": "fc9bacc9d96d5d2ca32cdf2ea4ff69c12492205ed42eb4bc82f30ca8c5641174",
    "portal-base-1": "fb0ca9f90ae83cf6f1b820c8e00b8eb311d81947ea4c871d4e078fc14d7bc47d",
}


@pytest.mark.parametrize("prompts", ASKING.sets, ids=lambda one: one.name)
def test_a_published_set_never_changes(prompts: PromptSet) -> None:
    assert prompts.sha256 == FROZEN[prompts.name]


@pytest.mark.parametrize("prompts", ASKING.sets, ids=lambda one: one.name)
@pytest.mark.parametrize("task", SUITE.slugs)
def test_every_task_is_asked_with_its_context_whole_and_nothing_evaluated(
    prompts: PromptSet, task: str
) -> None:
    prompt = prompts.render(task, ROW, ASKING.read_fields)

    assert prompt.context == ROW["context"]
    assert ROW["context"] in prompt.text
    assert prompt.max_new_tokens == prompts.tasks[task].max_new_tokens
    if task in ("code_debug", "longbook_choice_eng"):
        assert "A. one\nB. two\nC. three\nD. four" in prompt.after
    elif task not in ("longbook_sum_eng", "longdialogue_qa_eng", "math_calc"):
        assert ROW["input"] in prompt.after


@pytest.mark.parametrize(
    "changed",
    [
        {"user": "{context}!"},
        {"max_new_tokens": 7},
        {"system": "Be brief."},
        {"stop": ("\n",)},
    ],
)
def test_words_room_and_stop_belong_to_the_hash(changed: dict[str, Any]) -> None:
    plain = TaskPrompt("{context}", 6)
    first = PromptSet("a", "A", True, "f", {"passkey": plain})

    other = PromptSet("a", "A", True, "f", {"passkey": replace(plain, **changed)})

    assert first.sha256 != other.sha256
    assert first.sha256 == PromptSet("a", "another title", True, "f", first.tasks).sha256


def test_a_stored_set_is_the_set() -> None:
    for prompts in ASKING.sets:
        assert PromptSet.from_dict(prompts.as_dict()).sha256 == prompts.sha256


@pytest.mark.parametrize(
    "template",
    [
        "no place for it",
        "{context} and {context}",
        "{context",
        "{context} {0}",
        "{context} {}",
        "{context} {question.__class__}",
        "{context} {question[0]}",
        "{context} {question!r}",
        "{context} {question:>99999999}",
        "{file:{context}}",
    ],
)
def test_a_template_that_is_more_than_text_and_fields_is_none(template: str) -> None:
    with pytest.raises(BadTemplate):
        split_template(template)


@pytest.mark.parametrize(
    ("task", "row"),
    [
        ("passkey", {"input": "?"}),
        ("passkey", {"context": 7, "input": "?"}),
        ("code_debug", {**ROW, "options": ["one"]}),
        ("code_debug", {**ROW, "options": None}),
    ],
)
def test_a_row_without_what_its_task_has_is_named(task: str, row: dict[str, Any]) -> None:
    with pytest.raises(BadRow):
        ASKING.sets[0].render(task, row, ASKING.read_fields)


def test_a_field_that_the_row_does_not_give_is_named() -> None:
    prompts = PromptSet("a", "A", True, "f", {"code_run": TaskPrompt("{context} {func_call}", 6)})

    with pytest.raises(BadRow, match="func_call"):
        prompts.render("code_run", {"context": "c", "input": "nothing"}, ASKING.read_fields)
