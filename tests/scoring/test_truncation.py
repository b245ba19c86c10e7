"""What is too long is cut in the middle by tokens, with room for the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.prompts import Prompt
from scoring.truncation import (
    MIDDLE,
    MIDDLE_CONTEXT_FIXED,
    EstimateTokenizer,
    Fitted,
    NoRoom,
    answer_room,
    cut_middle,
    fit,
)

ESTIMATE = EstimateTokenizer()


def upstream(tokens: list[int], limit: int) -> list[int]:
    """The authors' definition, for limits that leave something."""
    if len(tokens) <= limit:
        return tokens
    split = limit // 2
    return tokens[0:split] + tokens[-split:]


def asked(context: str, question: str = "Who?", room: int = 20) -> Prompt:
    """A prompt around a context."""
    return Prompt("passkey", "", "Read.\n", context, f"\n{question}", room, ())


def fitted(prompt: Prompt, *, context_tokens: int, policy: str = MIDDLE) -> Fitted:
    """The prompt for a raw completion, counted by the estimate."""
    return fit(prompt, ESTIMATE, context_tokens=context_tokens, policy=policy, is_chat=False)


@given(st.lists(st.integers(), max_size=60), st.integers(2, 70))
def test_the_middle_is_cut_as_the_authors_cut_it(tokens: list[int], limit: int) -> None:
    assert cut_middle(tokens, limit) == upstream(tokens, limit)


def test_nothing_is_not_half_of_everything() -> None:
    with pytest.raises(ValueError, match="nothing"):
        cut_middle([1, 2, 3], 1)


@given(st.text(max_size=400))
def test_the_estimates_pieces_are_the_text(text: str) -> None:
    assert ESTIMATE.decode(ESTIMATE.encode(text)) == text


def test_a_prompt_that_fits_is_sent_as_it_is() -> None:
    prompt = asked("a b c")

    one = fitted(prompt, context_tokens=200)

    assert (one.user, one.removed_tokens, one.max_new_tokens) == (prompt.text, 0, 20)


def test_what_is_cut_is_counted_and_the_answer_has_its_room() -> None:
    prompt = asked(" ".join(str(number) for number in range(100, 400)))

    one = fitted(prompt, context_tokens=128)

    kept = len(ESTIMATE.encode(one.user))
    assert kept <= one.kept_tokens <= 128 - 20
    assert one.removed_tokens == one.prompt_tokens - one.kept_tokens > 0
    assert one.user.startswith("Read.\n100")
    assert one.user.endswith("Who?")


def test_all_questions_on_one_context_share_their_window() -> None:
    context = " ".join(str(number) for number in range(1000, 9000))
    short, long = (
        fitted(asked(context, question), context_tokens=2_000, policy=MIDDLE_CONTEXT_FIXED)
        for question in ("Who?", "Who was it that came in by the door at the end of the story?")
    )

    def window(one: Fitted) -> str:
        return one.user.removeprefix("Read.\n").split("\n")[0]

    assert window(short) == window(long)
    assert short.removed_tokens > 0
    # The benchmark's own way does not: its second half begins later for a shorter question.
    assert window(fitted(asked(context), context_tokens=2_000)) != window(
        fitted(asked(context, "Who was it that came in?"), context_tokens=2_000)
    )


def test_a_question_that_is_longer_than_its_share_still_fits() -> None:
    prompt = asked("x " * 5_000, "Who? " * 600)

    one = fitted(prompt, context_tokens=2_000, policy=MIDDLE_CONTEXT_FIXED)

    assert one.kept_tokens <= 2_000 - 20


def test_an_answer_takes_at_most_half_of_a_small_context() -> None:
    assert answer_room(30_000, 8_192) == 4_096
    assert answer_room(30_000, 131_072) == 30_000


def test_a_context_without_room_is_refused() -> None:
    with pytest.raises(NoRoom):
        fitted(asked("a b c"), context_tokens=24)
