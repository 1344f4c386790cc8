"""The pages of those who put tags in order."""
