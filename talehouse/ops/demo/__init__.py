"""The demo archive: a few stories of our own, so that the first look is a living place."""
