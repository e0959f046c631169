"""How results look: one function a figure, each returns a :class:`analys.figures.chart.Chart`."""
