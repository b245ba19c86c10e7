"""The score distribution of a task that has too many models for a sign each."""

from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.bars import Bar, bars_figure, draw_bars, tenths
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.numbers import quantile, shown

_BARS: Final = 40


@dataclass(frozen=True, slots=True)
class Histogram(Chart):
    """How many of the models have a score in each fortieth of the scale."""

    name: ClassVar[str] = "distribution"

    task: str
    scores: tuple[float, ...]

    @property
    def title(self) -> str:
        return _("Scores of all models on %(task)s") % {"task": self.task}

    @property
    def finding(self) -> str:
        return _(
            "%(count)s scores from %(low)s %% to %(high)s %%; the median is %(middle)s %%."
        ) % {
            "count": len(self.scores),
            "low": shown(min(self.scores)),
            "high": shown(max(self.scores)),
            "middle": shown(quantile(self.scores, 0.5)),
        }

    def bars(self) -> list[Bar]:
        """From low scores to high ones."""
        return tenths(self.scores, _BARS)

    def table(self) -> Table:
        rows = tuple(
            (bar.label, str(bar.count), shown(bar.count / len(self.scores))) for bar in self.bars()
        )
        return Table(self.title, (_("Score, percent"), _("Models"), _("Percent of them")), rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        return draw_bars(self.bars(), width, across=_("Score, percent"), up=_("Models"))

    def figure(self, look: palette.Look) -> Figure:
        return bars_figure(self.bars(), look, across=_("Score, percent"), up=_("Models"))
