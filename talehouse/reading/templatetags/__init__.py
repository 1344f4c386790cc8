"""Template tags of the reading pages."""
