"""What leaves for a council: files. Nothing is computed here."""
