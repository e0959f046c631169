"""``make bench``: the figures that anyone wants first. The others: ``python -m benchmarks.NAME``."""

from benchmarks import main_job

main_job.run()
