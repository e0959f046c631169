"""What a notebook works with: a handful of functions, each of whose answers shows itself. Nothing is computed here."""
