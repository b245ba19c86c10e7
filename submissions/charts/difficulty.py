"""How difficult a task's examples are: how many of the models get each right."""

from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.bars import Bar, bars_figure, draw_bars, tenths
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.numbers import shown

# Up to this many models each possible number of them is a bar of its own.
_FEW: Final = 10


@dataclass(frozen=True, slots=True)
class Difficulty(Chart):
    """For each example the mean score of `models` models: the share of them that are right."""

    name: ClassVar[str] = "difficulty"

    task: str
    models: int
    shares: tuple[float, ...]
    # Whether an example is right or wrong, and nothing between.
    is_binary: bool

    @property
    def title(self) -> str:
        return _("How difficult the examples of %(task)s are") % {"task": self.task}

    @property
    def finding(self) -> str:
        if self.is_binary:
            said = _(
                "%(everybody)s of %(count)s examples are right for all %(models)s models, and"
                " %(nobody)s for none of them."
            )
        else:
            said = _(
                "%(everybody)s of %(count)s examples earn full marks from all %(models)s models,"
                " and %(nobody)s earn nothing from any."
            )
        return said % {
            "count": len(self.shares),
            "nobody": sum(share == 0.0 for share in self.shares),
            "everybody": sum(share == 1.0 for share in self.shares),
            "models": self.models,
        }

    @property
    def note(self) -> str:
        return _("Counted over the best models that were run on the most common set of examples.")

    @property
    def measure(self) -> str:
        """What the bars stand for."""
        if self.is_binary and self.models <= _FEW:
            return _("Models that are right, of %(models)s") % {"models": self.models}
        if self.is_binary:
            return _("Share of models that are right, percent")
        return _("Mean score over the models, percent")

    def bars(self) -> list[Bar]:
        """From the most difficult examples to the easiest."""
        if self.is_binary and self.models <= _FEW:
            return [self._exact(right) for right in range(self.models + 1)]
        return tenths(self.shares)

    def _exact(self, right: int) -> Bar:
        share, half = right / self.models, 0.5 / self.models
        count = sum(round(one * self.models) == right for one in self.shares)
        return Bar(str(right), share - half, share + half, count, is_single=True)

    def table(self) -> Table:
        rows = tuple(
            (bar.label, str(bar.count), shown(bar.count / len(self.shares))) for bar in self.bars()
        )
        return Table(self.title, (self.measure, _("Examples"), _("Percent of them")), rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        return draw_bars(self.bars(), width, across=self.measure, up=_("Examples"))

    def figure(self, look: palette.Look) -> Figure:
        return bars_figure(self.bars(), look, across=self.measure, up=_("Examples"))
