"""Prompt sets: named, hashed data that say how a suite's examples are asked.

A template is text with plain {field} places; nothing in it is ever evaluated.  Everything that
changes what a model sees or how long it may answer belongs to the set's hash.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from string import Formatter
from typing import Any, Final, TypeAlias

from scoring.types import UnknownTask

Row: TypeAlias = Mapping[str, Any]
"""A row of the data set: id, context, input, answer, options."""

FieldReader: TypeAlias = Callable[[str, Row], Mapping[str, str]]
"""(task, row) -> what the fields of a template stand for.  Raises: BadRow."""

CONTEXT: Final = "context"


class BadTemplate(ValueError):
    """A text is no template; the message says why to a person."""


class BadRow(ValueError):
    """A row of the data set has not what its task's prompt needs."""


@dataclass(frozen=True, slots=True)
class TaskPrompt:
    """How one task is asked.

    `user` holds the {context} exactly once; `stop` are texts at which an answer ends.
    """

    user: str
    max_new_tokens: int
    system: str = ""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """One example as it is asked, before anything is cut: before + context + after."""

    task: str
    system: str
    before: str
    context: str
    after: str
    max_new_tokens: int
    stop: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole of what the user says."""
        return self.before + self.context + self.after

    @property
    def sha256(self) -> str:
        """The identity of what is asked."""
        return _sha256([self.system, self.text])


@dataclass(frozen=True, slots=True, eq=False)
class PromptSet:
    """How all tasks of a suite are asked; a published name never changes its meaning."""

    name: str
    title: str
    # Written for models that follow instructions in messages; else for ones that continue a text.
    is_chat: bool
    # Which reader gives the fields; a change of what it reads is a new name.
    fields: str
    tasks: Mapping[str, TaskPrompt]

    @property
    def sha256(self) -> str:
        """Over everything but the title."""
        tasks = {task: asdict(prompt) for task, prompt in self.tasks.items()}
        return _sha256([self.name, self.is_chat, self.fields, tasks])

    @property
    def label(self) -> str:
        """Name and hash, as people quote it."""
        return self.name if "@" in self.name else f"{self.name}@{self.sha256[:12]}"

    def as_dict(self) -> dict[str, Any]:
        """What `from_dict` reads."""
        return {
            "name": self.name,
            "title": self.title,
            "is_chat": self.is_chat,
            "fields": self.fields,
            "tasks": {task: asdict(prompt) for task, prompt in self.tasks.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PromptSet":
        """A set that was stored.  Raises: KeyError or BadTemplate for what is none."""
        tasks = {
            task: TaskPrompt(**{**prompt, "stop": tuple(prompt["stop"])})
            for task, prompt in data["tasks"].items()
        }
        for prompt in tasks.values():
            split_template(prompt.user)
        named = {key: data[key] for key in ("name", "title", "is_chat", "fields")}
        return cls(tasks=tasks, **named)

    def render(self, task: str, row: Row, read_fields: FieldReader) -> Prompt:
        """Ask one example.  Raises: UnknownTask, BadRow."""
        if task not in self.tasks:
            raise UnknownTask(task)
        prompt = self.tasks[task]
        values = {**read_fields(task, row)}
        context = values.pop(CONTEXT)
        before, after = (_fill(part, values) for part in _around_context(prompt.user))
        return Prompt(
            task, prompt.system, before, context, after, prompt.max_new_tokens, prompt.stop
        )


class RefusedFile(ValueError):
    """A file holds more, or something else, than prompts; the message names the line."""


@dataclass(frozen=True, slots=True)
class OfficialPrompts:
    """The families of an authors' file that can be used, and why the others cannot."""

    sets: tuple[PromptSet, ...]
    unusable: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prompting:
    """How a suite's examples can be asked."""

    sets: tuple[PromptSet, ...]
    read_fields: FieldReader
    # Reads the text of the authors' own prompt file.  Raises: RefusedFile.
    read_official: Callable[[str], OfficialPrompts]


def _sha256(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


Parts: TypeAlias = tuple[tuple[str, str | None], ...]
"""Literal text, each followed by a field's name or None."""


def split_template(template: str) -> Parts:
    """The literal texts and fields of a template.

    Raises:
        BadTemplate: for a field that is more than a name, or without exactly one {context}.
    """
    try:
        found = list(Formatter().parse(template))
    except ValueError as error:
        raise BadTemplate(f"The braces of a template do not match: {error}.") from error
    parts: list[tuple[str, str | None]] = []
    for literal, field, spec, conversion in found:
        if field is not None and (not field.isidentifier() or spec or conversion):
            shown = f"{field}!{conversion}" if conversion else f"{field}:{spec}" if spec else field
            raise BadTemplate(
                f"A template may name fields and nothing else; {{{shown}}} does more."
            )
        parts.append((literal, field))
    if sum(field == CONTEXT for _, field in parts) != 1:
        raise BadTemplate("A template holds {context} exactly once.")
    return tuple(parts)


def template_fields(template: str) -> set[str]:
    """The fields that a template names.  Raises: BadTemplate."""
    return {field for _, field in split_template(template) if field}


def _around_context(template: str) -> tuple[Parts, Parts]:
    parts = split_template(template)
    place = next(index for index, (_, field) in enumerate(parts) if field == CONTEXT)
    literal, _ = parts[place]
    return (*parts[:place], (literal, None)), parts[place + 1 :]


def _fill(parts: Parts, values: Mapping[str, str]) -> str:
    filled = []
    for literal, field in parts:
        filled.append(literal)
        if field is not None:
            if field not in values:
                raise BadRow(f"The prompt asks for {{{field}}}, which this example does not have.")
            filled.append(values[field])
    return "".join(filled)
