"""What reading accepts, and the version of the reader: light, for those who only pass it on."""

from dataclasses import dataclass

PARSER = "verbatim"
PARSER_VERSION = 3
"""Raised whenever the same bytes would be read differently; stored with each extraction."""

NAMES_VERSION = 3
"""Raised whenever other names would be found in the same text, or others looked up by them: all are found anew."""

READABLE = (
    *(".txt", ".text", ".md", ".markdown", ".htm", ".html", ".xhtml", ".pdf", ".docx", ".odt", ".rtf"),
    *(".eml", ".mht", ".mhtml", ".epub", ".zip"),
)
"""The endings of names that promise what is read; what a file is, its content tells."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may hold. Wall clock and memory are the worker's business."""

    bytes: int = 10 * 2**20
    articles: int = 200
    characters: int = 10_000_000
    pages: int = 1000
