"""E-mails as they are sent, and web pages that browsers save in the same form (MHTML)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr

from summariser.errors import NoArticleError, TooLargeError
from summariser.ingest.dates import read_stamp, stated_in
from summariser.ingest.decoding import clean, decode
from summariser.ingest.extract import Extract, Facts, Member, Opened, parsing, shown_name
from summariser.ingest.pages import read_html
from summariser.ingest.roles import names_outlet
from summariser.ingest.visible import visible_text
from summariser.model import DateKind, Note, NoteKind

_KIND = "e-mail"
# The parser looks at each line once for each part that it stands within.
_MOST_NESTED = 30
_MOST_LINES = 400_000
_NESTING = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|ynt|ilt|antw|رد)\s?(?:\[\d{1,3}\])?:\s*)+", re.IGNORECASE)
# The line that mail programs put above a signature, with its space [RFC 3676, 4.3]; a signature is short.
_SIGNATURE = re.compile(r"\n-- \n((?:[^\n]*\n){0,12}[^\n]*)\Z")
# A plain part that says less than this share of the page beside it only says that there is one.
_POOR = 0.5
# A field that lists a hundred receivers may be this long, in characters; decoding longer ones takes its time.
_LONGEST_FIELD = 4000
_SHOWN_FIELDS = ("From", "To", "Cc", "Date", "Subject", "List-Id")
_PICTURED = frozenset({"image", "audio", "video", "font"})
# Attached for programs.
_MACHINES = (
    "signature",
    "pkcs7",
    "calendar",
    "vcard",
    "ms-tnef",
    "pgp",
    "delivery-status",
    "css",
    "csv",
    "json",
    "xml",
)


def read_message(data: bytes, filename: str) -> Opened:
    """Return what a mail says, its subject and date as facts, and the documents that are attached to it.

    Raises:
        TooLargeError: more parts or lines than any mail has.
        BrokenFileError: it is damaged.
    """
    with parsing(filename, _KIND):
        message = _parse(data, filename)
        facts, head = _facts(message), _head(message)
        bodies: list[Extract] = []
        members: list[Member] = []
        notes = [Note(NoteKind.DROPPED, "mail-header", text=head)]
        for part in _parts(message, filename):
            if isinstance(part, Extract):
                bodies.append(part)
            elif isinstance(part, Member):
                members.append(part)
            else:
                notes.append(part)
    body = Extract(
        "\n\n".join(one.text for one in bodies),
        marked=any(one.marked for one in bodies),
        facts=facts,
        notes=tuple(note for one in bodies for note in one.notes),
    )
    own = (body,) if body.text.strip() else ()
    return Opened((*own, *members), tuple(notes))


def read_saved_page(data: bytes, filename: str) -> Extract:
    """Return the article of a page that a browser saved whole.

    Raises:
        TooLargeError: more parts, lines or tags than any page has.
        NoArticleError: no page in it, or no running text.
        BrokenFileError: it is damaged.
    """
    with parsing(filename, "saved page (MHTML)"):
        message = _parse(data, filename)
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        if page is None:
            raise NoArticleError(filename)
        decoded = decode(_payload(page), filename, _charset(page))
    extract = read_html(decoded.text, filename)
    return replace(extract, notes=(*decoded.notes, *extract.notes))


def _parse(data: bytes, filename: str) -> Message:
    """Return the parts of a mail, once they are known to be few enough."""
    if len(_NESTING.findall(data)) > _MOST_NESTED:
        raise TooLargeError(filename, what="parts inside parts", limit=f"{_MOST_NESTED}")
    if data.count(b"\n") > _MOST_LINES:
        raise TooLargeError(filename, what="lines", limit=f"{_MOST_LINES:,}")
    return BytesParser().parsebytes(data.lstrip(b"\xef\xbb\xbf\r\n"))


def _parts(part: Message, filename: str) -> Iterator[Extract | Member | Note]:
    """Yield what a part and those inside it hold, in order."""
    kind, name = part.get_content_type(), _said(part.get_filename())
    if kind == "message/rfc822":
        for message in _inside(part):
            yield Member(shown_name(_header(message, "Subject") or "forwarded message"), message.as_bytes())
    elif part.is_multipart():
        yield from (
            _best(_inside(part), filename)
            if kind == "multipart/alternative"
            else (one for each in _inside(part) for one in _parts(each, filename))
        )
    elif name or part.get_content_disposition() == "attachment":
        yield _attached(part, kind, shown_name(name or "attachment"))
    elif kind == "text/html":
        yield Extract(visible_text(_payload(part), filename, _charset(part)), marked=True)
    elif part.get_content_maintype() == "text":
        yield _plain(part)
    else:
        yield _attached(part, kind, "attachment")


def _inside(part: Message) -> list[Message]:
    """Return the parts that a part is made of."""
    held = part.get_payload()
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []


def _best(alternatives: list[Message], filename: str) -> Iterator[Extract | Member | Note]:
    """Yield the plain form of what a mail says in several; a page beside it that says much more goes before it."""
    forms = [list(_parts(alternative, filename)) for alternative in alternatives]
    sizes = [sum(len(one.text.split()) for one in form if isinstance(one, Extract)) for form in forms]
    chosen = next((index for index, size in enumerate(sizes) if size and size >= _POOR * max(sizes)), None)
    for index, form in enumerate(forms):
        yield from form if index == chosen else (one for one in form if isinstance(one, Member))


def _attached(part: Message, kind: str, name: str) -> Member | Note:
    """Return an attachment to be read, or a note that it is nothing to read."""
    if part.get_content_maintype() in _PICTURED:
        return Note(NoteKind.DROPPED, "image", text=name)
    if any(mark in kind for mark in _MACHINES):
        return Note(NoteKind.REFUSED, "file", f"“{name}” is attached for programs and was left out.", name)
    return Member(name, _payload(part))


def _plain(part: Message) -> Extract:
    """Return the words of a plain part, its signature set apart."""
    decoded = decode(_payload(part) or b" ", "", _charset(part))
    text = clean(decoded.text)[0]
    signature = _SIGNATURE.search(text)
    if signature is None:
        return Extract(text, notes=decoded.notes)
    note = Note(NoteKind.DROPPED, "signature", text=signature[1].strip())
    return Extract(text[: signature.start()], notes=(*decoded.notes, *([note] if note.text else [])))


def _payload(part: Message) -> bytes:
    """Return the bytes of a part, its transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str | None:
    """Return the encoding that a part says it is in."""
    said = part.get_param("charset")
    return said[2] if isinstance(said, tuple) else said


def _facts(message: Message) -> Facts:
    """Return what the fields at the head of a mail say of it; a paper's name is the source, another the author."""
    name, address = parseaddr(_header(message, "From"))
    known = name if name != address else ""
    paper = names_outlet(known)
    stamp = _header(message, "Date")
    return Facts(
        title=_REPLY.sub("", _header(message, "Subject")) or None,
        source=known if paper else None,
        author=None if paper else known or None,
        date=read_stamp(stamp, DateKind.PUBLISHED, stated_in(_head(message), "Date", stamp)),
    )


def _head(message: Message) -> str:
    """Return the fields that mail programs show, each in a line."""
    shown = ((name, _header(message, name)) for name in _SHOWN_FIELDS)
    return "\n".join(f"{name}: {value}" for name, value in shown if value)


def _header(message: Message, name: str) -> str:
    """Return what a field says, in letters; empty without it."""
    return _said(str(message.get(name, "")))


def _said(value: str | None) -> str:
    """Return a field's value with the letters that its encoded words stand for; damaged ones stay as they are."""
    raw = (value or "")[:_LONGEST_FIELD]
    try:
        decoded = str(make_header(decode_header(raw))) if "=?" in raw else raw
    except (HeaderParseError, LookupError, ValueError):
        decoded = raw
    plain, _ = clean(decoded)
    return " ".join(plain.split())
