"""Speed and memory as ratios measured in one run. Anyone can repeat them: ``make bench``. Nothing here is a test."""
