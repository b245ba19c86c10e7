"""The authors' prompt file is parsed and never run; what is more than texts is refused."""

import pytest

from scoring import PROMPTING, SUITES
from scoring.prompts import RefusedFile

ASKING = PROMPTING["infinitebench"]
SLUGS = SUITES["infinitebench"].slugs


def family(name: str, **changed: str) -> str:
    """The text of a family of all twelve prompts."""
    templates = {slug: f"Ask {slug}.\n\n{{context}}\n\n{{question}}" for slug in SLUGS} | changed
    return f"{name}_templates = {templates!r}\n"


def test_each_family_becomes_a_set_named_by_its_hash() -> None:
    source = family("gpt4", code_run="{context} What is {func_call}?") + family("yarn_mistral")

    found = ASKING.read_official(source)

    chat, base = found.sets
    assert chat.name.startswith("official-gpt4@")
    assert chat.is_chat
    assert base.name.startswith("official-yarn-mistral@")
    assert not base.is_chat
    assert found.unusable == {}
    row = {"context": "code", "input": "the return value of func_1(3)", "options": []}
    assert chat.render("code_run", row, ASKING.read_fields).text == "code What is func_1(3)?"
    assert chat.tasks["passkey"].max_new_tokens == 6


def test_the_same_words_have_the_same_name_and_other_words_another() -> None:
    one, same, other = (
        ASKING.read_official(family("gpt4", **changed)).sets[0].name
        for changed in ({}, {}, {"passkey": "{context}?"})
    )

    assert one == same != other


def test_texts_joined_with_plus_are_read() -> None:
    source = family("gpt4").replace("'Ask passkey.", "'Ask' + ' ' + 'passkey.")

    assert ASKING.read_official(source).sets[0].tasks["passkey"].user.startswith("Ask passkey.")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"passkey": "{prompt} {context}"}, r"passkey.*\{prompt\}"),
        ({"longbook_sum_eng": "{file:{context}}"}, "longbook_sum_eng.*not"),
        ({"kv_retrieval": "{input}"}, "kv_retrieval.*exactly once"),
        ({"math_calc": "{context.__class__.__mro__}"}, "math_calc.*not"),
    ],
)
def test_a_family_that_cannot_be_asked_is_left_out_with_its_reason(
    changed: dict[str, str], reason: str
) -> None:
    found = ASKING.read_official(family("kimi", **changed) + family("gpt4"))

    assert [one.name.split("@")[0] for one in found.sets] == ["official-gpt4"]
    assert list(found.unusable) == ["kimi"]
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(found.unusable["kimi"])


@pytest.mark.parametrize(
    "hostile",
    [
        "import os\n",
        "__import__('os').system('true')\n",
        "gpt4_templates = dict(passkey='x')\n",
        "gpt4_templates = {'passkey': open('/etc/passwd').read()}\n",
        "gpt4_templates = {'passkey': f'{context}'}\n",
        "gpt4_templates = {'passkey': b'x'}\n",
        "gpt4_templates = {'passkey': 7}\n",
        "gpt4_templates = {**other}\n",
        "gpt4_templates = {'a': 'x' * 10**9}\n",
        "gpt4_templates = {'a': 'x' % ()}\n",
        "gpt4_templates = {'a': '\\ud800'}\n",
        "gpt4_templates: dict = {}\n",
        "a.gpt4_templates = {}\n",
        "a_templates = b_templates = {}\n",
        "gpt4 = {}\n",
        "class A: pass\n",
        "def f(): pass\n",
        "if True: gpt4_templates = {}\n",
        "gpt4_templates = {'a': 'x'\n",
        "gpt4_templates = {'a': '\0'}\n",
        "x" * 200_001,
        "a_templates = {'a': " + "(" * 5_000 + "'x'" + ")" * 5_000 + "}\n",
        "a_templates = {'a': " + "'x'+" * 20_000 + "'x'}\n",
        "",
        "# nothing\n",
    ],
)
def test_a_file_with_anything_else_is_refused_and_not_run(hostile: str) -> None:
    with pytest.raises(RefusedFile):
        ASKING.read_official(hostile)
