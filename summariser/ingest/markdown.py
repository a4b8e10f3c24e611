"""Markdown to the text that its readers see; headings keep their marks."""

import re

from summariser.ingest.dates import read_stamp
from summariser.ingest.extract import Extract, Facts
from summariser.model import DateKind

_FRONT_MATTER = re.compile(r"---[ \t]*\n((?:[^\n]*\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\n|$)")
_FIELD = re.compile(r"^([A-Za-z][\w-]{0,30}):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_SETEXT = re.compile(r"^([^\n#>\-*\s][^\n]{0,300})\n(=|-)\2{2,}[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^(?:```|~~~)[^\n]*$\n?", re.MULTILINE)
_REFERENCE = re.compile(r"^\[[^\]\n]{1,200}\]: ?\S[^\n]*$\n?", re.MULTILINE)
_INLINE = (
    (re.compile(r"<!--(?:[^<-]|-(?!->)|<(?!!--))*+-->"), ""),
    (re.compile(r"!\[([^\[\]\n]{0,300})\]\([^()\n]{0,1000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\n]{0,1000}\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\[[^\[\]\n]{0,200}\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,500})>"), r"\1"),
    (re.compile(r"</?(?:b|i|em|strong|br|p|div|span|u|sup|sub|center|a)\b[^<>\n]{0,300}>", re.IGNORECASE), ""),
    (re.compile(r"^[ \t]{0,3}(?:>[ \t]?){1,5}", re.MULTILINE), ""),
    (re.compile(r"(?<![\\\w*])\*\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![\\\w_])__(?=\S)([^_\n]{1,1000}?)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\\\w*])\*(?=[^\s*])([^*\n]{1,1000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\\\w_])_(?=[^\s_])([^_\n]{1,1000}?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!>])"), r"\1"),
)


def read_markdown(text: str) -> Extract:
    """Return the text without its markup, and what its front matter says."""
    fields: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front is not None and _FIELD.search(front[1]):
        fields = {name.lower(): value for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    text = _SETEXT.sub(lambda found: ("# " if found[2] == "=" else "## ") + found[1], text)
    text = _REFERENCE.sub("", _FENCE.sub("", text))
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return Extract(text, marked=True, facts=_facts(fields))


def _facts(fields: dict[str, str]) -> Facts:
    """Return what the front matter says of the article."""
    stamp = fields.get("date") or fields.get("published")
    return Facts(
        title=fields.get("title") or None,
        source=fields.get("source") or fields.get("site") or None,
        author=fields.get("author") or None,
        date=read_stamp(stamp, DateKind.PUBLISHED) if stamp else None,
    )
