"""Frozen shapes that travel: suites, tasks, scorers, judgements and scores."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from json import JSONEncoder
from typing import TypeAlias

from scoring.drafts import GeneratorKit

Json: TypeAlias = object
"""Anything that `json.loads` returns."""

Answer: TypeAlias = str | int | float | list[str] | list[int]
"""A canonical reference, as `Suite.canonical_answer` gives it."""


class UnknownTask(KeyError):
    """No suite, or not this suite, has a task of that slug."""

    def __init__(self, slug: object) -> None:
        super().__init__(slug)
        self.slug = slug

    def __str__(self) -> str:
        return f"There is no task {self.slug!r}."


class BadAnswer(ValueError):
    """A value that is no reference of its task; the message says why to a person."""


class Outcome(Enum):
    """What became of one example, as one byte that never changes its meaning."""

    RIGHT = b"R"
    WRONG = b"W"
    PARTIAL = b"P"
    EMPTY = b"E"
    UNSCORABLE = b"U"
    MISSING = b"M"
    REFUSED = b"F"
    TRUNCATED = b"T"


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the benchmark's task table; lengths are means in tokens.

    `n` is the paper's number of examples, `chance` the score of a guesser.  Where the examples
    stand in file order by sub-condition (depth, question), `stratum_examples` is how many each
    has.
    """

    slug: str
    name: str
    family: str
    language: str
    metric: str
    n: int
    mean_input_tokens: float
    mean_output_tokens: float
    max_new_tokens: int
    chance: float = 0.0
    stratum_examples: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of one example, a fraction in [0, 1], and how it came about."""

    score: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TaskScore:
    """One task under one scorer; `answered` counts the examples that have a prediction."""

    task: str
    scorer: str
    n: int
    answered: int
    mean: float
    scores: tuple[float, ...]
    outcomes: tuple[Outcome, ...]


Measure: TypeAlias = Callable[[str, Json], float]
"""(prediction, reference) -> fraction in [0, 1]; raises where the rule has no answer."""

_NO_ANSWER = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""How a measure says that it cannot score a pair; anything else is a fault and rises."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one task is scored; scorers that share a measure share its work too."""

    measure: Measure
    without_first_number: Measure | None = None

    def chosen(self, *, drop_first_number: bool) -> Measure:
        """The measure to use where the submitter declared that first numbers are echoes."""
        if drop_first_number and self.without_first_number is not None:
            return self.without_first_number
        return self.measure


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """A named, frozen set of rules, one a task.

    A published name never changes what it gives: a better rule is a new scorer.
    """

    name: str
    title: str
    description: str
    source: str
    rules: Mapping[str, Rule]

    def measure(self, task_slug: str, *, drop_first_number: bool = False) -> Measure:
        """The measure of a task.  Raises: UnknownTask."""
        try:
            rule = self.rules[task_slug]
        except (KeyError, TypeError):
            raise UnknownTask(task_slug) from None
        return rule.chosen(drop_first_number=drop_first_number)

    def judge(
        self, task_slug: str, prediction: Json, answer: Json, *, drop_first_number: bool = False
    ) -> Judgement:
        """Score one prediction against one reference.  Raises: UnknownTask, nothing else."""
        measure = self.measure(task_slug, drop_first_number=drop_first_number)
        return judge_with(measure, prediction, answer)

    def score(
        self, task_slug: str, prediction: Json, answer: Json, *, drop_first_number: bool = False
    ) -> float:
        """The score of `judge` alone, a fraction in [0, 1]."""
        return self.judge(task_slug, prediction, answer, drop_first_number=drop_first_number).score


def judge_with(measure: Measure, prediction: Json, answer: Json) -> Judgement:
    """Apply one measure; a pair for which it has no answer is unscorable and worth nothing."""
    if not isinstance(prediction, str):
        return Judgement(0.0, Outcome.UNSCORABLE)
    try:
        score = float(measure(prediction, answer))
    except _NO_ANSWER:
        return Judgement(0.0, Outcome.UNSCORABLE)
    return Judgement(score, _outcome(prediction, score))


def _outcome(prediction: str, score: float) -> Outcome:
    if not prediction or prediction.isspace():
        return Outcome.EMPTY
    if score == 1.0:
        return Outcome.RIGHT
    return Outcome.PARTIAL if score > 0.0 else Outcome.WRONG


@dataclass(frozen=True, slots=True)
class ReportedModel:
    """What is known of a model in the table; None where nothing is."""

    name: str
    organization: str
    weights: str
    parameters: int | None
    context_tokens: int | None


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A printed score as a fraction, or the bound that it was only said to stay below."""

    value: float | None
    below: float | None


@dataclass(frozen=True, slots=True)
class ReportedTable:
    """Where figures were printed, the scorer that made them, and the figures by model and task."""

    source: str
    scorer: str
    models: Mapping[str, ReportedModel]
    scores: Mapping[str, Mapping[str, ReportedFigure]]


AnswerReader: TypeAlias = Callable[[Json, Json], Answer]
"""(raw, options or None) -> canonical answer; raises BadAnswer."""


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """One benchmark: its tasks in the paper's order, its scorers, its reading of references."""

    slug: str
    name: str
    tasks: tuple[Task, ...]
    scorers: tuple[Scorer, ...]
    answer_readers: Mapping[str, AnswerReader]
    # Where the data set lives on the Hugging Face Hub; empty: nowhere.
    dataset_repo: str = ""
    # Tasks that an average is also shown without: scores so near zero that they tell nobody apart.
    set_aside: tuple[str, ...] = ()
    # What the authors printed, and where their own files do not give it: (model, task) -> why.
    reported: ReportedTable | None = None
    known_differences: Mapping[tuple[str, str], str] = field(default_factory=dict)
    # Loads what writes fresh examples of each task; None: nothing does.
    load_generators: Callable[[], GeneratorKit] | None = None

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(task.slug for task in self.tasks)

    def task(self, slug: str) -> Task:
        """The task of that slug.  Raises: UnknownTask."""
        for task in self.tasks:
            if task.slug == slug:
                return task
        raise UnknownTask(slug)

    def canonical_answer(self, task_slug: str, raw: Json, options: Json = None) -> Answer:
        """The one form of a reference that releases come in many shapes of.

        Args:
            task_slug: A task of this suite.
            raw: The reference as some data set or predictions file has it.
            options: The data set's list of options, from which a choice's letter follows.

        Raises: UnknownTask, or BadAnswer with a message for people.
        """
        return self.answer_readers[self.task(task_slug).slug](raw, options)

    def answer_fingerprint(self, task_slug: str, raw: Json) -> bytes | None:
        """16 bytes that tell references apart whatever their shape; None for no reference.

        Raises: UnknownTask, nothing else.
        """
        try:
            packed = _packed(self.canonical_answer(task_slug, raw))
        except BadAnswer:
            return None
        return blake2b(packed, digest_size=16).digest()


_PACK = JSONEncoder(separators=(",", ":")).encode


def _packed(answer: Answer) -> bytes:
    """An answer as JSON without spaces, whose bytes never change: they tell answers apart."""
    if isinstance(answer, list) and isinstance(answer[0], int):
        # Late: examples are generated on a Python without any package.
        import orjson  # noqa: PLC0415

        try:
            # Whole numbers look the same in every JSON, and there are 15,000 in a running result.
            return orjson.dumps(answer)
        except orjson.JSONEncodeError:
            # More than 64 bits.
            pass
    return _PACK(answer).encode()
