"""``python -m analys``: the same as the console script."""

from analys.cli import main

main()
