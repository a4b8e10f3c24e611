"""Markdown to the text that its readers see; headings keep their marks."""

import re

from summariser.ingest.dates import read_stamp, stated_in
from summariser.ingest.extract import Extract, Facts
from summariser.model import DateKind, Note, NoteKind

_FRONT_MATTER = re.compile(r"---[ \t]*\n((?:[^\n]{0,1000}\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\n|$)")
_FIELD = re.compile(r"^([A-Za-z][\w-]{0,30}):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
# A sentence above a rule is no heading.
_SETEXT = re.compile(r"^([^\n#>\-*\s][^\n]{0,300}(?<![.!?…:;,\n]))\n(=|-)\2{2,}[ \t]*$", re.MULTILINE)
_TARGET = r"<?(?:[^\s()<>]|\([^\s()<>]{0,200}\)){0,1000}>?(?:[ \t]+[\"'][^\"'\n]{0,300}[\"'])?"
# A target has a dot, a slash or a hash, or is empty: `[sic](he said so)` is none.
_LINKED = rf"\((?=\)|[^()\s]{{0,300}}[./#:])[ \t]*{_TARGET}[ \t]*\)"
_REFERENCE = re.compile(
    r"^[ ]{0,3}\[(?!\^)([^\]\n]{1,200})\]: ?(?=\S*[./#])<?[^\s<>]{1,2000}>?"
    r"(?:[ \t]+[\"'(][^\n]{0,300}[\"')])?[ \t]*(?:\n|$)",
    re.MULTILINE,
)
_ATTRIBUTE = r"\s+[\w:-]{1,40}\s?=\s?(?:\"[^\"\n<>]{0,300}\"|'[^'\n<>]{0,300}'|[^\s\"'<>=]{1,300})"
# Marks that readers see nothing of, though they hold words: each is noted.
_LOST = (
    ("html-comment", re.compile(r"<!--((?:[^<-]|-(?!->)|<(?!!--))*+)-->"), ""),
    ("image", re.compile(rf"!\[([^\[\]\n]{{0,300}})\]{_LINKED}"), ""),
    ("code-fence", re.compile(r"^[ ]{0,3}(?:```|~~~)(?![^\n]*`)([^\n]*)$\n?", re.MULTILINE), ""),
)
_REFERRING = re.compile(r"\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])")
_INLINE = (
    (re.compile(rf"\[([^\[\]\n]{{0,500}})\]{_LINKED}"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,500})>"), r"\1"),
    (re.compile(r"[ \t]{0,9}<br\s?/?>[ \t]{0,9}\n?", re.IGNORECASE), "\n"),
    (re.compile(rf"</?(?:p|div|center)(?:{_ATTRIBUTE}){{0,9}}\s?/?>", re.IGNORECASE), "\n\n"),
    (re.compile(rf"</?(?:b|i|em|strong|span|u|sup|sub|a)(?:{_ATTRIBUTE}){{0,9}}\s?/?>", re.IGNORECASE), ""),
    (re.compile(r"^[ \t]{0,3}(?:>[ \t]?){1,5}", re.MULTILINE), ""),
    (re.compile(r"(?<![\\\w*])\*{3}(?=[^\s*])([^*\n]{1,1000}?)(?<=\S)\*{3}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\\\w_])_{3}(?=[^\s_])([^_\n]{1,1000}?)(?<=\S)_{3}(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\\\w*])\*\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![\\\w_])__(?=\S)([^_\n]{1,1000}?)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\\\w*])\*(?=[^\s*])([^*\n]{1,1000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\\\w_])_(?=[^\s_])([^_\n]{1,1000}?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!>])"), r"\1"),
)


def read_markdown(text: str) -> Extract:
    """Return the text without its markup, what its front matter says, and a note on all words that went with it."""
    fields: dict[str, str] = {}
    head = ""
    notes: list[Note] = []
    front = _FRONT_MATTER.match(text)
    if front is not None and _FIELD.search(front[1]):
        fields = {name.lower(): value for name, value in _FIELD.findall(front[1])}
        head = front[1].strip()
        notes.append(Note(NoteKind.DROPPED, "front-matter", text=head))
        text = text[front.end() :]
    text = _SETEXT.sub(lambda found: ("# " if found[2] == "=" else "## ") + found[1], text)
    for role, pattern, replacement in _LOST:
        notes += (Note(NoteKind.DROPPED, role, text=lost.strip()) for lost in pattern.findall(text) if lost.strip())
        text = pattern.sub(replacement, text)
    text = _resolve(text, notes)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return Extract(text, marked=True, facts=_facts(fields, head), notes=tuple(notes))


def _resolve(text: str, notes: list[Note]) -> str:
    """Return the text without its list of addresses and the marks that refer to it; `[sic][1]` without one stays."""
    names = {found[1].casefold() for found in _REFERENCE.finditer(text)}
    if not names:
        return text
    notes += (Note(NoteKind.DROPPED, "link", text=found[0].strip()) for found in _REFERENCE.finditer(text))
    text = _REFERENCE.sub("", text)
    return _REFERRING.sub(lambda found: found[1] if (found[2] or found[1]).casefold() in names else found[0], text)


def _facts(fields: dict[str, str], head: str) -> Facts:
    """Return what the fields of the front matter say of the article; `head` is the front matter itself."""
    named = "date" if fields.get("date") else "published"
    stamp = fields.get(named, "").strip()
    return Facts(
        title=fields.get("title") or None,
        source=fields.get("source") or fields.get("site") or None,
        author=fields.get("author") or None,
        date=read_stamp(stamp, DateKind.PUBLISHED, stated_in(head, named, stamp)) if stamp else None,
    )
