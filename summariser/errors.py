"""What can go wrong while reading and ranking. Each message names the thing and the next step."""

from collections.abc import Sequence

from summariser.limits import READABLE

_READ = ".txt, .md, .html, .pdf or .docx"


class SummariserError(Exception):
    """Base of all that this package raises on purpose; the message is fit for users."""


class ReadError(SummariserError):
    """A file could not be read as articles."""


class EmptyFileError(ReadError):
    """Nothing in it, or nothing but white space."""

    def __init__(self, filename: str) -> None:
        super().__init__(f"“{filename}” is empty. Check that the upload finished, then send it again.")


class BinaryFileError(ReadError):
    """Bytes that are no text in any encoding we read, under a name that promises text."""

    def __init__(self, filename: str) -> None:
        super().__init__(f"“{filename}” is not text, whatever it is called. Export it as {_READ} and send that.")


class UnsupportedKindError(ReadError):
    """A kind of file that we know but do not read."""

    def __init__(self, filename: str, kind: str) -> None:
        if filename.lower().endswith(READABLE):
            said = f"“{filename}” has the wrong ending: it is {kind}, which I don't read."
        else:
            said = f"“{filename}” is {kind}, which I don't read."
        super().__init__(f"{said} Send what it says as {_READ}.")


class TooLargeError(ReadError):
    """More bytes, characters, pages or articles than the limits allow."""

    def __init__(self, filename: str, *, what: str, limit: str) -> None:
        super().__init__(f"“{filename}” has too many {what}: the limit is {limit}. Split it and send the parts.")


class EncryptedFileError(ReadError):
    """A password stands before the text."""

    def __init__(self, filename: str) -> None:
        super().__init__(f"“{filename}” is locked with a password. Save a copy without one and send that.")


class ScannedFileError(ReadError):
    """Pages that are pictures."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"“{filename}” holds pictures of pages but no text. Run text recognition (OCR) over it, then send it again."
        )


class BrokenFileError(ReadError):
    """It claims to be a kind that we read, and is damaged."""

    def __init__(self, filename: str, kind: str) -> None:
        super().__init__(f"“{filename}” is a damaged {kind} file. Open and save it again, or send its text as .txt.")


class UnsafeFileError(ReadError):
    """It defines XML entities: no document needs them, and a few of them unfold to gigabytes or name other files."""

    def __init__(self, filename: str, kind: str) -> None:
        super().__init__(
            f"“{filename}” defines XML entities, as files do that are meant to do harm, and was not opened. "
            f"Save it again as {kind} with a word processor, or send its text as .txt."
        )


class NestedArchiveError(ReadError):
    """An archive inside another file: nobody needs that, and bombs are made so."""

    def __init__(self, filename: str) -> None:
        super().__init__(f"“{filename}” is an archive inside another file. Unpack it and send what is in it.")


class NothingInsideError(ReadError):
    """A container of other files, none of which can be read."""

    def __init__(self, filename: str, reason: str) -> None:
        super().__init__(f"“{filename}” holds no file that I can read. {reason}")


class NoArticleError(ReadError):
    """Text, but none that reads as an article: menus, forms, fragments."""

    def __init__(self, filename: str) -> None:
        advice = "Copy the article's own paragraphs and paste them with /summarise."
        super().__init__(f"“{filename}” holds no article that I can find. {advice}")


class RankError(SummariserError):
    """A summary could not be made."""


class UnknownMethodError(RankError):
    """A summarising method that does not exist."""

    def __init__(self, method: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no method “{method}”. Choose one of: {', '.join(known)}.")


class SentenceCountError(RankError):
    """Fewer than one or more than the most sentences asked for."""

    def __init__(self, asked: int, most: int) -> None:
        super().__init__(f"A summary has 1 to {most} sentences, not {asked}. Ask for a number between them.")


class WordCountError(RankError):
    """A brief of no words asked for."""

    def __init__(self, asked: int) -> None:
        super().__init__(f"A brief has 1 word or more, not {asked}. Ask for about 100.")


class NothingToSummariseError(RankError):
    """No sentence in the text."""

    def __init__(self) -> None:
        super().__init__("There is no whole sentence in this text to quote. Send the article's full text.")


class NoFeedError(SummariserError):
    """An address at which no feed stands."""

    def __init__(self, url: str, linked: Sequence[str]) -> None:
        where = f" The page names {'this one' if len(linked) == 1 else 'these'}: {', '.join(linked)}" if linked else ""
        try_this = where or " Try the address behind its RSS or Atom button."
        super().__init__(f"{url} is no RSS, Atom or JSON feed.{try_this}")


class NoOutlineError(SummariserError):
    """A file that is no OPML list of feeds."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"“{filename}” is no OPML list with feeds in it. Export the list from your reader as OPML and send that."
        )


class MissingPipelineError(SummariserError):
    """A spaCy pipeline that is not installed, or spaCy itself."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(
            f"The spaCy pipeline “{pipeline}” is not there. Install it beside Verbatim: "
            f"pip install 'verbatim-desk[spacy]', then python -m spacy download {pipeline}."
        )
