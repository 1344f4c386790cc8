"""Plain text, and what every text format shares: decoding, chapter headings, paragraphs, the outline."""
