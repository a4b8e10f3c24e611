"""Sentences, tokens and paragraphs, with offsets kept throughout."""
