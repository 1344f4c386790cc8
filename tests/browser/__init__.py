"""What a person does in a real browser, against the archive as `talehouse serve` serves it."""
