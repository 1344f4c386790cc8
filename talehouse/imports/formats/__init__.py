"""One folder per format: `parse` is pure, bytes in, `Found` out."""
