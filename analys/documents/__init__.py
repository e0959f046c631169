"""One opening of any file: what kind it is, and what it says, as grids of cells and lines of text with their places."""
