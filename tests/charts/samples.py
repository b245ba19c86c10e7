"""One of each chart, with gaps, ties and names that need escaping."""

from datetime import date

from submissions.charts import Chart
from submissions.charts.cells import Cell
from submissions.charts.depths import (
    DepthMap,
    Examples,
    depths_by_length,
    depths_by_model,
    depths_by_release,
)
from submissions.charts.difficulty import Difficulty
from submissions.charts.distribution import Distribution, Placed
from submissions.charts.forest import Forest, ForestRow, Interval
from submissions.charts.histogram import Histogram
from submissions.charts.lengths import LengthCurve, LengthSeries, group_by_length
from submissions.charts.outcomes import OutcomePies, Pie
from submissions.charts.polar import PolarPie, Slice
from submissions.charts.radar import Band, Radar, Series, Spoke
from submissions.charts.scatter import Scatter
from submissions.charts.timeline import Arrival, Timeline

HOSTILE = '<script>alert("A&B")</script>'
TASKS = ("En.Sum", "Zh.QA", "Code.Run", "Math.Find", "Retrieve.KV")
SPOKES = tuple(Spoke(name, name.split(".")[0]) for name in TASKS)
LENGTHS = [20_000.0 * (1 + at % 7) for at in range(70)]
DEPTHS = [(at % 10) / 10 for at in range(70)]
SCORES = [float(at % 3 > 0) for at in range(70)]


def radar() -> Radar:
    return Radar(
        heading="Scores",
        spokes=SPOKES,
        series=(
            Series("Alpha", (0.127, 0.5, 0.0, 1.0, 0.333)),
            Series(HOSTILE, (0.2, None, 0.4, 0.6, 0.8)),
        ),
    )


def against_field() -> Radar:
    band = Band((0.1, 0.2, 0.3, 0.4, 0.5), (0.2, 0.3, 0.4, 0.5, 0.6), (0.3, 0.4, 0.5, 0.6, 0.7))
    return Radar("Alpha", SPOKES, (Series("Alpha", (0.127, 0.5, 0.0, 1.0, 0.333)),), band)


def polar() -> PolarPie:
    slices = (
        Slice("En.Sum", "En", 103, 171_500, "/tasks/a/"),
        Slice("Zh.QA", "Zh", 175, 2_068_600, "/tasks/b/"),
        Slice("Math.Calc", "Math", 50, 43_900, "/tasks/c/"),
        Slice("Retrieve.KV", "Retrieve", 1500, 89_900, "/tasks/d/"),
    )
    return PolarPie("∞-Bench", slices, current="Zh.QA")


def outcomes() -> OutcomePies:
    counts = ({"right": 7, "wrong": 12, "refused": 1}, {"right": 20}, {"missing": 5, "partial": 15})
    pies = tuple(
        Pie(name, of) for name, of in zip(("En.Sum", HOSTILE, "Zh.QA"), counts, strict=True)
    )
    return OutcomePies("Outcomes", "Task", pies)


def needles() -> DepthMap:
    cells = (
        (Cell(20, 1.0, (0.839, 1.0)), Cell(20, 0.5, (0.299, 0.701))),
        (Cell(20, 0.95, (0.764, 0.991)), None),
        (None, Cell(20, 0.0, (0.0, 0.161))),
    )
    depths, lengths = ("0–10", "10–20", "20–30"), ("4K", "64K")
    return depths_by_release("Retrieve.KV", HOSTILE, depths=depths, lengths=lengths, rows=cells)


def timeline() -> Timeline:
    return Timeline(
        (
            Arrival("Alpha", date(2026, 1, 1), 0.31, is_open=True),
            Arrival("Beta", date(2026, 2, 9), 0.27, is_open=True),
            Arrival("Gamma", date(2026, 3, 1), 0.452, is_open=True),
            Arrival("Gamma 2", date(2026, 3, 1), 0.46, is_open=True),
            Arrival("Delta", date(2026, 1, 20), 0.51, is_open=False),
        )
    )


def distribution() -> Distribution:
    return Distribution(
        "En.QA",
        (
            Placed("Alpha", 0.127, 0.1, 0.15),
            Placed("Beta", 0.128),
            Placed(HOSTILE, 0.9, is_reported=True),
            Placed("Delta", 0.0),
        ),
    )


def forest() -> Forest:
    return Forest(
        "Alpha",
        ("Beta", HOSTILE),
        (
            ForestRow("Average", (Interval(0.021, 0.01, 0.032, True), None)),
            ForestRow("En.Sum", (Interval(-0.3, -0.42, -0.1, True), None)),
            ForestRow(
                "Zh.QA", (Interval(0.05, -0.05, 0.15, False), Interval(0.0, -0.1, 0.1, False))
            ),
            ForestRow("Retrieve.KV", (None, None)),
        ),
    )


def lengths() -> LengthCurve:
    other = [1.0 - score for score in SCORES]
    return LengthCurve(
        "Retrieve.KV",
        (
            LengthSeries("Alpha", group_by_length(LENGTHS, SCORES)),
            LengthSeries(HOSTILE, group_by_length(LENGTHS, other)),
        ),
    )


def crowded() -> dict[str, Chart]:
    """Charts with longer names and more ticks than a phone has room for."""
    names = [f"A-Long-Model-Of-70B-Instruct-1M-preview-{at}" for at in range(6)]
    near = [100_000.0 * 1.03 ** (at % 24) for at in range(72)]
    return {
        "crowded-lengths": LengthCurve(
            "En.QA", (LengthSeries("Alpha", group_by_length(near, [*SCORES, 1.0, 0.0], groups=24)),)
        ),
        "crowded-distribution": Distribution(
            "En.QA", tuple(Placed(name, at / 6) for at, name in enumerate(names))
        ),
        "crowded-depths": depths_by_model(
            "Retrieve.PassKey",
            {name: Examples(DEPTHS, SCORES) for name in names},
            are_inferred=True,
        ),
        "crowded-outcomes": OutcomePies(
            "Outcomes", "Model", tuple(Pie(name, {"right": 7, "wrong": 12}) for name in names)
        ),
    }


def all_charts() -> dict[str, Chart]:
    """Every chart by what it shows."""
    return {
        "radar": radar(),
        "against-field": against_field(),
        "polar": polar(),
        "outcomes": outcomes(),
        "timeline": timeline(),
        "distribution": distribution(),
        "difficulty-few": Difficulty("En.MC", 4, (0.0, 0.25, 0.25, 1.0, 0.5), is_binary=True),
        "difficulty-many": Difficulty("En.QA", 40, (0.0, 0.7, 0.25, 1.0, 0.05), is_binary=False),
        "histogram": Histogram("En.QA", tuple(at / 300 for at in range(200))),
        "forest": forest(),
        "lengths": lengths(),
        "depths-by-release": needles(),
        "depths-by-length": depths_by_length(
            "Retrieve.KV", "Alpha", lengths=LENGTHS, examples=Examples(DEPTHS, SCORES)
        ),
        "depths-by-model": depths_by_model(
            "Retrieve.PassKey",
            {"Alpha": Examples(DEPTHS, SCORES), HOSTILE: Examples(DEPTHS[:30], SCORES[:30])},
            are_inferred=True,
        ),
        **crowded(),
        "scatter": Scatter("En.QA", "Alpha", HOSTILE, ((0.1, 0.5), (0.1, 0.5), (1.0, 0.0))),
    }
