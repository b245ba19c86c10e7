"""Texts: names that no real book has, every answer told once, every package sound but for one."""

import ast
import re

import pytest

from scoring.suites.infinitebench.generate import chinese_words, names
from scoring.suites.infinitebench.generate.code_debug import is_sound
from tests.scoring.generate.make import examples

REAL = [
    "Ahab",
    "Alice",
    "Anna",
    "Baggins",
    "Bennet",
    "Bovary",
    "Caulfield",
    "Copperfield",
    "Cratchit",
    "Crusoe",
    "Darcy",
    "Dorothea",
    "Dorrit",
    "Earnshaw",
    "Elizabeth",
    "Emma",
    "Estella",
    "Eyre",
    "Fagin",
    "Finch",
    "Finn",
    "Frodo",
    "Gatsby",
    "Gandalf",
    "Gulliver",
    "Harry",
    "Havisham",
    "Heathcliff",
    "Hermione",
    "Holmes",
    "Huckleberry",
    "Ishmael",
    "Jane",
    "Javert",
    "Jekyll",
    "Karenina",
    "Linton",
    "Marlow",
    "Moriarty",
    "Nemo",
    "Oliver",
    "Pip",
    "Potter",
    "Quasimodo",
    "Raskolnikov",
    "Rochester",
    "Ronald",
    "Sawyer",
    "Scrooge",
    "Snape",
    "Starbuck",
    "Sydney",
    "Twist",
    "Valjean",
    "Vronsky",
    "Watson",
    "Weasley",
    "Woodhouse",
    "Avonlea",
    "Casterbridge",
    "Hogwarts",
    "Hogsmeade",
    "Lilliput",
    "Lowood",
    "Middlemarch",
    "Netherfield",
    "Pemberley",
    "Rivendell",
    "Thornfield",
    "Thrushcross",
    "Wuthering",
]
REAL_CHINESE = [
    "宝玉",
    "黛玉",
    "宝钗",
    "孔明",
    "关羽",
    "张飞",
    "刘备",
    "曹操",
    "武松",
    "宋江",
    "林冲",
    "悟空",
    "八戒",
    "孔乙己",
    "阿Q",
    "祥子",
    "郭靖",
    "黄蓉",
    "令狐冲",
    "韦小宝",
]


def test_no_name_is_a_real_book_s() -> None:
    assert names.every_name().isdisjoint(REAL)
    for name in REAL_CHINESE:
        assert not set(name) <= set(chinese_words.SURNAMES + chinese_words.GIVEN), name


@pytest.mark.parametrize(
    "task", ["longbook_qa_eng", "longbook_choice_eng", "longbook_qa_chn", "longdialogue_qa_eng"]
)
def test_the_answer_is_told_in_one_place(task: str) -> None:
    for example in examples(task):
        answer = example.answer[0]
        if task == "longdialogue_qa_eng":
            assert example.context.count("$$MASK$$") == 1
            assert (
                len(re.findall(rf"^{answer}: .* it is me who", example.context, re.MULTILINE)) == 1
            )
        elif example.facts.details["question"] in ("hiding place", "trade", "reason"):
            assert example.context.count(answer) == 1


def test_names_are_the_same_throughout_and_belong_to_one_person_each() -> None:
    example = examples("longbook_qa_eng")[0]

    full = set(re.findall(r"\b([A-Z][a-z]+) ([A-Z][a-z]+) (?:had|owed)\b", example.context))
    first_names = [first for first, _ in full]
    assert len(first_names) == len(set(first_names))


def test_options_are_four_different_things_of_the_same_book() -> None:
    for task in ("longbook_choice_eng", "code_debug"):
        for example in examples(task):
            options = example.facts.options
            assert len(set(options)) == 4
            assert all(option in example.context for option in options)


def test_a_package_is_python_with_one_unsound_function() -> None:
    for example in examples("code_debug")[:5]:
        tree = ast.parse(example.context)
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        unsound = [
            node.name
            for node in functions
            if not is_sound(ast.get_source_segment(example.context, node) or "")
        ]

        assert len({node.name for node in functions}) == len(functions)
        assert unsound == example.answer


def test_a_chinese_novel_is_in_simplified_characters() -> None:
    text = "".join(example.context for example in examples("longbook_qa_chn")[:5])

    # Some of the commonest characters whose traditional form differs.
    assert not set(text) & set("個們來時為國說這後會對學過還沒經種當點問題見話書長門開關間")
    assert len(set(re.findall(r"[一-鿿]", text))) > 500


def test_prose_does_not_repeat_itself() -> None:
    sentences = re.findall(r"[^.\n]+\.", examples("longbook_qa_eng")[0].context)

    assert len(set(sentences)) > 0.97 * len(sentences)
