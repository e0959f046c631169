"""The figures: each function takes an answer and gives a chart with title, source and alt text."""

import logging

# Where no settings folder can be written, matplotlib says so with a random path, which would reach the notebooks.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
