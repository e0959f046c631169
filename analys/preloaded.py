"""What the main job's processes are forked with: the libraries and rooms that notebooks and exports import."""

import gc

import pandas as pd

import analys.audit.frames
import analys.export.publish
import analys.normalise
import analys.panel
import analys.quality
import analys.reconcile  # noqa: F401

# As pandas sets it when it is imported in a kernel; elsewhere it takes the width of a terminal.
pd.set_option("display.max_columns", 20)
gc.freeze()  # what is imported lives as long as each process
