"""Charts: each is one frozen set of data that gives an SVG, a Plotly figure and a table.

Nothing here reads a database or loads a plotting library: figures are plain dictionaries.
"""

from submissions.charts.chart import Chart, Figure, Key, Table

__all__ = ["Chart", "Figure", "Key", "Table"]
