"""Collects every text of the site for translation, and compiles what is translated.

    make messages

Needs no gettext on the machine: Django's own parser reads the templates, Python's the code, and
Babel writes the catalogue.  A translator edits locale/<language>/LC_MESSAGES/django.po.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import Engine
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from outbound.refusals import REFUSALS
from scoring.suites import SCORERS
from scoring.suites.infinitebench.differences import DIFFERENCES

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("benchmark_site", "accounts", "notices", "submissions", "workers", "scoring")
FOLDERS = {"zh_Hans": ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"}
# A text handed to another tag: {% include "x" with label=_("Name") %}.
_IN_TAG = re.compile(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""")
# The same texts give the same bytes, whenever they are collected.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}


class Message(NamedTuple):
    """A text of the site, and where it stands."""

    singular: str
    plural: str
    context: str
    where: str


def messages() -> list[Message]:
    """Every text of the site that a person may read in another language."""
    found = [*_of_templates(), *_of_code(), *_of_problems()]
    first: dict[tuple[str, str], Message] = {}
    for one in found:
        first.setdefault((one.context, one.singular), one)
    return list(first.values())


def templates() -> list[Path]:
    """Every template of the site."""
    return sorted((ROOT / "templates").rglob("*.html")) + sorted(
        (ROOT / "templates").rglob("*.txt")
    )


# Names and forms that are the same in every language.
_SAME_EVERYWHERE: Final = frozenset(
    {
        "API",
        "Atom",
        "BibTeX",
        "CSV",
        "JSON",
        "LaTeX",
        "Bench",
        "Math",
        "Calc",
        "sha",
        "UTC",
        "SHA",
        "jsonl",
    }
)
# The page of last resort, which must need nothing; and the made-up examples of the tasks, which
# are in the language of the task.
_NOT_PAGES: Final = ("templates/500.html", "task/about/")
_SHOWN: Final = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
_LEFT_OUT: Final = [
    (re.compile(pattern, re.DOTALL), instead)
    for pattern, instead in (
        (r"{#.*?#}", ""),
        (r"{% block (?:messages_wrap|width) %}.*?{% endblock", ""),
        (r"{% blocktranslate.*?{% endblocktranslate %}", ""),
        (r"{%.*?%}|{{.*?}}", " "),
        (r"<(script|style|code|pre)\b.*?</\1>", " "),
        (r"&\w+;", " "),
    )
]


def bare_texts(path: Path) -> list[str]:
    """Words of a template that stand outside every tag that translates."""
    if any(one in path.as_posix() for one in _NOT_PAGES):
        return []
    source = path.read_text(encoding="utf-8")
    for left_out, instead in _LEFT_OUT:
        source = left_out.sub(instead, source)
    shown = [*_SHOWN.findall(source), *re.sub(r"<[^>]*>", "\n", source).split("\n")]
    words = [re.findall(r"[A-Za-z][A-Za-z’]{2,}", one) for one in shown]
    return [" ".join(one) for one in words if not _SAME_EVERYWHERE.issuperset(one)]


def _of_templates() -> Iterator[Message]:
    engine = Engine.get_default()
    for path in templates():
        where = str(path.relative_to(ROOT))
        source = path.read_text(encoding="utf-8")
        for node in engine.from_string(source).nodelist.get_nodes_by_type(Node):
            yield from _of_node(node, where)
        for match in _IN_TAG.finditer(source):
            yield Message(match[1] or match[2], "", "", where)


def _of_node(node: Any, where: str) -> Iterator[Message]:
    context = node.message_context.var if getattr(node, "message_context", None) else ""
    if isinstance(node, TranslateNode):
        # A variable's text comes from elsewhere: nothing to collect.
        if text := getattr(node.filter_expression.var, "literal", ""):
            # As Django asks for it: a sign of its own is doubled, as in a text with holes.
            yield Message(str(text).replace("%", "%%"), "", str(context), where)
    elif isinstance(node, BlockTranslateNode):
        singular, _ = node.render_token_list(node.singular)
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        yield Message(singular, plural, str(context), where)


def _of_problems() -> Iterator[Message]:
    """What knows no Django marks nothing: its words are read from its catalogue."""
    from submissions.intake.catalogue import CATALOGUE  # noqa: PLC0415  Needs Django's settings.

    for scorer in SCORERS.values():
        yield Message(scorer.title, "", "", "scoring/suites")
        yield Message(scorer.description, "", "", "scoring/suites")
    for explanation in DIFFERENCES.values():
        yield Message(explanation, "", "", "scoring/suites/infinitebench/differences.py")
    for sentence in REFUSALS.values():
        yield Message(sentence, "", "", "outbound/refusals.py")
    for entry in CATALOGUE.values():
        for text in entry:
            if text != "{advice}":
                yield Message(text, "", "", "submissions/intake/catalogue.py")


def _of_code() -> Iterator[Message]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from _of_call(node, where)


def _of_call(node: ast.AST, where: str) -> Iterator[Message]:
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    texts = [
        one.value
        for one in node.args
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    if name in ("pgettext", "pgettext_lazy") and len(texts) == 2:
        yield Message(texts[1], "", texts[0], where)
    elif len(texts) >= _CALLS.get(name, 99):
        plural = texts[1] if _CALLS[name] == 2 else ""
        yield Message(texts[0], plural, "", where)


def read_catalogue(language: str) -> Catalog:
    """What is translated into a language so far."""
    with (FOLDERS[language] / "django.po").open("rb") as file:
        return read_po(file, locale=language, domain="django")


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of a catalogue's .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def collect(language: str) -> tuple[int, int]:
    """Bring a language's catalogue up to date; return how many texts there are, and are open."""
    po, mo = FOLDERS[language] / "django.po", FOLDERS[language] / "django.mo"
    known = read_catalogue(language) if po.exists() else Catalog()
    fresh = Catalog(
        locale=language,
        domain="django",
        project="infinitebench-portal",
        fuzzy=False,
        header_comment="# The site's texts; `make messages` collects them.",
    )
    for one in messages():
        key = (one.singular, one.plural) if one.plural else one.singular
        old = known.get(one.singular, one.context or None)
        kept = old.string if old is not None and bool(one.plural) == old.pluralizable else None
        fresh.add(key, kept, locations=[(one.where, 1)], context=one.context or None)
    fresh.creation_date = fresh.revision_date = _NO_DATE
    FOLDERS[language].mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, fresh, width=100, sort_output=True, include_lineno=False)
    mo.write_bytes(compiled(read_catalogue(language)))
    return len(fresh), sum(not _is_translated(one) for one in fresh if one.id)


def forms(text: Any) -> tuple[str, ...]:
    """A message's text, or its singular and plurals."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text or ""),)


def _is_translated(message: Any) -> bool:
    return all(forms(message.string)) and not message.fuzzy


def untranslated(language: str) -> list[Message]:
    """Texts of the site that the language's catalogue lacks."""
    known = read_catalogue(language)
    lacking = []
    for one in messages():
        entry = known.get(one.singular, one.context or None)
        if entry is None or not _is_translated(entry) or entry.pluralizable != bool(one.plural):
            lacking.append(one)
    return lacking


def main() -> int:
    """Collect and compile every language."""
    django.setup()
    for language in FOLDERS:
        known, lacking = collect(language)
        sys.stdout.write(f"{language}: {known} texts, {lacking} not translated yet\n")
    assert settings.USE_I18N
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmark_site.settings")
    sys.exit(main())
