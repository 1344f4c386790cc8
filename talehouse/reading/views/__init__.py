"""Pages for readers, one module per kind."""
