"""Middle truncation on real tokenizers, and what a real model finds in a prompt that was cut."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from scoring.prompts import Prompt
from scoring.truncation import MIDDLE, Fitted, Tokenizer, fit
from tests import needs

needs.models()

from tokenizers import Tokenizer as File  # noqa: E402  As the worker reads them.

from tests.models.real import smollm2  # noqa: E402
from workers.runners.base import Completion, Wait  # noqa: E402
from workers.runners.transformers_local.messages import LocalConfig  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402
from workers.tokenizers import HubTokenizer  # noqa: E402

KEY = "The pass key is 71432. Remember it. 71432 is the pass key."
NOISE = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."
TEXTS = {
    "English": f"{NOISE} {KEY} " * 40,
    "Chinese": "很久以前，有一座山，山里有一座庙。庙里的钥匙是七一四三二。" * 60,
    "code": "def add(first, second):\n    return first + second  # éà\n\n\n" * 60,
    "signs": "🙂 ∞ \u200d👩\u200d🔬 ½ ﷽ \t\t  end. " * 60,
}


def upstream(tokens: list[int], limit: int) -> list[int]:
    """The authors' definition: the first and the last half."""
    if len(tokens) <= limit:
        return tokens
    split = limit // 2
    return tokens[0:split] + tokens[-split:]


@cache
def tokenizer_of(name: str) -> Tokenizer:
    return HubTokenizer(name, File.from_file(str(places()[name])))


def places() -> dict[str, Path]:
    """tokenizer.json of real models: the converted one's, and one that a package ships."""
    found = {"smollm2": smollm2() / "tokenizer.json"}
    if (package := find_spec("anthropic")) is not None and package.origin is not None:
        found["anthropic"] = Path(package.origin).parent / "tokenizer.json"
    return found


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", ["smollm2", "anthropic"])
@pytest.mark.parametrize("context_tokens", [200, 201, 333])
def test_prompts_are_cut_as_the_authors_cut_them(name: str, kind: str, context_tokens: int) -> None:
    if name not in places():
        needs.absent("models", "make test-models brings the package anthropic for its tokenizer")
    tokenizer, text = tokenizer_of(name), TEXTS[kind]
    prompt = Prompt("passkey", "", "", text, "", 20, ())

    fitted = fit(prompt, tokenizer, context_tokens=context_tokens, policy=MIDDLE, is_chat=False)

    whole = list(tokenizer.encode(text))
    # What is kept free: 20 tokens of answer, and 8 for the seam.
    expected = upstream(whole, context_tokens - 28)
    assert fitted.user == tokenizer.decode(expected)
    assert (fitted.prompt_tokens, fitted.kept_tokens) == (len(whole), len(expected))
    assert fitted.removed_tokens > 0


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    config = LocalConfig(folder=str(smollm2()), is_chat=False, context_tokens=1024, threads=1)
    runner = LocalModel(config)
    yield runner
    runner.close()


def asked(depth: float) -> Prompt:
    """The benchmark's own kind of prompt: a pass key in thirty lines of noise."""
    lines = [NOISE] * 30
    lines.insert(round(depth * 30), KEY)
    before = (
        "There is an important info hidden inside a lot of irrelevant text. Find it. I will quiz "
        "you about the important information there.\n\n"
    )
    after = "\n\nWhat is the pass key?\n\nThe pass key is"
    return Prompt("passkey", "", before, "\n".join(lines), after, 6, ())


def answer(model: LocalModel, fitted: Fitted) -> Completion:
    started = model.start(fitted)
    assert not isinstance(started, Wait)
    return started.result(300)


@pytest.mark.parametrize(("depth", "is_found"), [(0.1, True), (0.5, False), (0.9, True)])
def test_a_needle_in_the_cut_part_is_lost_and_one_outside_is_found(
    model: LocalModel, depth: float, is_found: bool
) -> None:
    tokenizer = tokenizer_of("smollm2")
    whole = fit(asked(depth), tokenizer, context_tokens=1024, policy=MIDDLE, is_chat=False)
    cut = fit(asked(depth), tokenizer, context_tokens=526, policy=MIDDLE, is_chat=False)

    found_whole, found_cut = answer(model, whole), answer(model, replace(cut, max_new_tokens=6))

    assert whole.removed_tokens == 0
    assert cut.removed_tokens > 200
    assert "71432" in found_whole.text
    assert ("71432" in found_cut.text) is is_found
    assert ("71432" in cut.user) is is_found
