"""Talehouse: a self-hosted home for serial fiction."""

__version__ = "0.1.0"
