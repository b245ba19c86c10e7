"""The board as a table of percent for a paper or a page of text."""

import re
from collections.abc import Iterator
from typing import Any, Final

from submissions.export.records import Records

_LATEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~@:])")


def write_latex(records: Records) -> Iterator[bytes]:
    """A tabular with booktabs' rules; needs \\usepackage{booktabs}."""
    names = [task.name for task in records.suite.tasks]
    head = " & ".join(escape_latex(one) for one in ("Rank", "Model", "Average", *names))
    yield (
        f"\\begin{{tabular}}{{rl{'r' * (len(names) + 1)}}}\n\\toprule\n{head} \\\\\n\\midrule\n"
    ).encode()
    for record in records:
        cells = [
            _rank(record).replace("–", "--"),
            escape_latex(record["model_name"]),
            *(escape_latex(one) for one in _figures(record, records.suite.slugs)),
        ]
        yield (" & ".join(cells) + " \\\\\n").encode()
    facts = "".join(f"% {name}: {value}\n" for name, value in records.facts().items())
    yield ("\\bottomrule\n\\end{tabular}\n" + facts).encode()


def write_markdown(records: Records) -> Iterator[bytes]:
    """A table as GitHub reads it, with what it is in a comment below."""
    names = [task.name for task in records.suite.tasks]
    head = ["Rank", "Model", "Average", *names]
    sides = ["--:", ":--", *["--:"] * (len(head) - 2)]
    yield (_line(escape_markdown(one) for one in head) + _line(sides)).encode()
    for record in records:
        figures = (escape_markdown(one) for one in _figures(record, records.suite.slugs))
        yield _line([_rank(record), escape_markdown(record["model_name"]), *figures]).encode()
    facts = "; ".join(
        f"{name} {value}" for name, value in records.facts().items() if name != "view"
    )
    yield f"\n<!-- {facts} -->\n".encode()


def escape_latex(text: str) -> str:
    """A text that LaTeX sets as it stands, on one line."""
    return "".join(_LATEX.get(one, one) for one in " ".join(text.split()))


def escape_markdown(text: str) -> str:
    """A text that no reader of Markdown takes for markup, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _line(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _rank(record: dict[str, Any]) -> str:
    if record["rank"] is None:
        return ""
    low, high = record["rank_low"] or record["rank"], record["rank_high"] or record["rank"]
    return str(low) if low == high else f"{low}–{high}"


def _figures(record: dict[str, Any], tasks: tuple[str, ...]) -> list[str]:
    """Percent with one decimal; a bound as it was printed; a dash where there is nothing."""
    bounds = dict(one.split("<") for one in (record["printed_below"] or "").split(";") if one)
    return [
        _percent(record["average"]),
        *(f"< {float(bounds[t]) * 100:g}" if t in bounds else _percent(record[t]) for t in tasks),
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}"
