"""Names in the text, and who is meant by them."""
