"""What somebody types into the search field, read: words, phrases, fields, and what is wrong with them."""
