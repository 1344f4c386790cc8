"""The pages of the desk, one file for each of its corners."""
