"""How articles, dates and numbers are put into words, the same in every reply."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from urllib.parse import quote

from bot.services.replies import Bold, Inline, Words, join
from storage.base import ArticleHead, Origin, StoredUpload
from summariser.model import Article, DateKind, Note, NoteKind

_ROLES = {
    "modified": "last modified",
    "dateline": "from the dateline",
    "inferred": "inferred",
    "feed": "as its feed says",
    "corrected": "corrected by hand",
}

# What is counted where the role of a dropped line is no noun that can be.
_NOUNS: dict[str, tuple[str, ...]] = {
    "comment-form": ("line of a comment form", "lines of a comment form"),
    "navigation": ("menu", "menus"),
    "newsletter": ("newsletter sign-up",),
    "message-head": ("line of a message's head", "lines of a message's head"),
    "page-footer": ("part below the article", "parts below the article"),
    "page-furniture": ("part around the article", "parts around the article"),
    "preamble": ("line before the first article", "lines before the first article"),
    "related": ("related link",),
    "reporting-credits": ("line of credits", "lines of credits"),
    "sender-line": ("line on its sender", "lines on its sender"),
}

# What is told of once, however often it was taken out.
_UNCOUNTED = {
    "bidi-control": "marks that reverse the reading direction",
    "control-character": "control characters",
    "invisible-mark": "marks that cannot be seen",
    "nul": "NUL characters",
}


def count(number: int, thing: str, things: str | None = None) -> str:
    """Say `1 article`, `3 articles`, `12,000 files`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def day(when: datetime) -> str:
    """Say a day the way it is unmistakable everywhere: 27 March 2017."""
    return f"{when.day} {when:%B %Y}"


def whole_day(when: date) -> str:
    """Say a day that has no hour, in the same way."""
    return f"{when.day} {when:%B} {when.year}"


def month(when: date) -> str:
    """Say a month: March 2017."""
    return f"{when:%B} {when.year}"


def dated(article: Article) -> str:
    """Say when an article appeared and how that is known, or that it does not say."""
    if article.published is None:
        return "no date printed"
    kind = article.published_kind
    said = "" if kind in (None, DateKind.PUBLISHED) else f" ({_ROLES[kind.value]})"
    return day(article.published) + said


def dated_head(head: ArticleHead) -> str:
    """Say when an article appeared, as far as a list tells."""
    return day(head.published) if head.published else "no date printed"


def name_role(role: str) -> str:
    """Put the name of a note's role into words."""
    return role.replace("-", " ")


def title_of(article: Article | ArticleHead) -> str:
    """Return the title, or the opening words in its place."""
    if article.title:
        return article.title
    opening = article.text if isinstance(article, Article) else article.opening
    return shorten(" ".join(opening.split()), 80) or "Untitled"


def shorten(text: str, most: int) -> str:
    """Cut at a word so that at most `most` characters are left, with an ellipsis where something is missing."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > most // 2 else cut).rstrip() + "…"


def provenance(article: Article) -> Words:
    """Say source, author and date in one line."""
    parts: list[Words] = [(part,) for part in (article.source, article.author) if part]
    return join([*parts, (dated(article),)])


def head_line(head: ArticleHead, *extra: Inline) -> Words:
    """Say an article in one line: title, source, day."""
    parts: list[Words] = [(Bold(title_of(head)),)]
    parts += [(head.source,)] if head.source else []
    parts += [(day(head.published),)] if head.published else []
    return join([*parts, *((part,) for part in extra)])


def dropped(notes: Iterable[Note]) -> str:
    """Say what reading left out: `2 share bars, 1 comment form`; empty where it left nothing out."""
    roles = Counter(note.role for note in notes if note.kind is NoteKind.DROPPED)
    named = [
        _UNCOUNTED.get(role) or count(number, *_NOUNS.get(role, (name_role(role),)))
        for role, number in roles.most_common()
    ]
    return ", ".join(named)


def remarks(notes: Iterable[Note]) -> tuple[str, ...]:
    """Return the sentences about guesses and refusals, each once; splits show, and those proposed are offered."""
    silent = (NoteKind.DROPPED, NoteKind.SPLIT, NoteKind.PROPOSED)
    told = (note for note in notes if note.kind not in silent and note.detail)
    return tuple(dict.fromkeys(_remark(note) for note in told))


def _remark(note: Note) -> str:
    if note.kind is not NoteKind.GUESSED or not note.text:
        return note.detail
    guess = shorten(" ".join(note.text.split()), 60)
    return f"Guessed {name_role(note.role)} “{guess}”: {note.detail[:1].lower()}{note.detail[1:]}"


def address(desk_id: int, origins: Sequence[StoredUpload | Origin], words: str = "") -> str | None:
    """Return where the words can be seen outside an answer: the message they came with, else the page, else nowhere.

    A page is where its words are, also when a message named it.
    """
    for upload in origins:
        if upload.message_id is not None and not upload.url:
            place = str(desk_id) if desk_id > 0 else "@me"
            return f"https://discord.com/channels/{place}/{upload.channel_id}/{upload.message_id}"
    for upload in origins:
        if upload.url:
            return upload.url + text_fragment(upload.url, words)
    return None


def text_fragment(url: str, words: str) -> str:
    """Return the end of an address that makes a browser find `words` on the page (WICG text fragments).

    Long passages are named by their first and last words, so that the address stays short.
    """
    tokens = words.split()
    if not tokens:
        return ""
    ends = [" ".join(tokens)] if len(tokens) <= 8 else [" ".join(tokens[:4]), " ".join(tokens[-4:])]
    encoded = ",".join(quote(end, safe="").replace("-", "%2D") for end in ends)
    return (":~:text=" if "#" in url else "#:~:text=") + encoded


def plain(words: Words) -> str:
    """Return the words alone, for places that show nothing else."""
    return "".join(part if isinstance(part, str) else getattr(part, "text", "") for part in words)
