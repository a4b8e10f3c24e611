"""The head of a pasted e-mail: not its text, but what its text is about."""

import re

from summariser.ingest.dates import read_stamp, stated_in
from summariser.ingest.extract import Extract, Facts
from summariser.model import DateKind, Note, NoteKind

_SUBJECTS = "subject|betreff|objet|asunto|konu|الموضوع"
_DATES = "date|sent|datum|gesendet|envoyé|fecha|enviado|tarih|التاريخ"
_OTHERS = "from|to|cc|bcc|reply-to|von|an|de|à|para|kimden|kime|من|إلى"
_LINE = rf"(?:{_SUBJECTS}|{_DATES}|{_OTHERS})[ \t]?:[ \t]*[^\n]*\n(?:[ \t]+\S[^\n]*\n)*"
_HEAD = re.compile(rf"\s*(?P<head>(?:{_LINE}){{2,12}})\s*\n", re.IGNORECASE)
_FIELD = re.compile(
    rf"^(?:(?P<subject>{_SUBJECTS})|(?P<date>{_DATES})|{_OTHERS})[ \t]?:[ \t]*(?P<value>[^\n]*(?:\n[ \t]+\S[^\n]*)*)$",
    re.IGNORECASE | re.MULTILINE,
)


def read_mail(text: str) -> Extract:
    """Return the text below the lines `From:`, `Subject:`, `Date:` and what they say; without them, all of it."""
    found = _HEAD.match(text)
    if found is None:
        return Extract(text)
    subject, date, head = "", None, found["head"].strip()
    for line in _FIELD.finditer(found["head"]):
        value = " ".join(line["value"].split())
        subject = subject or (value if line["subject"] else "")
        named = line["date"] and stated_in(head, line["date"], value)
        date = date or (read_stamp(value, DateKind.PUBLISHED, named) if named else None)
    rest = text[found.end() :]
    if not subject or not rest.strip():
        return Extract(text)
    note = Note(NoteKind.DROPPED, "mail-header", text=head)
    return Extract(rest, facts=Facts(title=subject, date=date), notes=(note,))
