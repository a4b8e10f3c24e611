"""Hostile and broken files, each handed to a real sandboxed worker: a verdict that names the cause, and nothing else.

The bombs are made here, when they are needed. Two workers read at a time, as they do in service.
"""

import asyncio
import io
import os
import struct
import zipfile
import zlib

import pytest
import pytest_asyncio
from file_makers import docx, eml, epub, mhtml, odt, pdf, png, rtf, zipped

from bot.services.compute import Compute
from bot.services.errors import WorkerDiedError
from summariser.errors import (
    BinaryFileError,
    BrokenFileError,
    EmptyFileError,
    EncryptedFileError,
    NoArticleError,
    NothingInsideError,
    ReadError,
    ScannedFileError,
    TooLargeError,
    UnsafeFileError,
    UnsupportedKindError,
)
from summariser.limits import Limits
from summariser.model import Reading

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORY = "The lock at Brennvik was closed on Monday. Nobody knows for how long, said the keeper, Aslak Tind."
LONG = f"{STORY} " * 4
MIB = 2**20
NEARLY = 9_900_000
"""Bytes that just pass for a file that may be read."""

SECONDS = 15
MEMORY = 512


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def compute():
    async with Compute(workers=2, memory_mib=MEMORY, seconds=SECONDS) as made:
        await made.ready()
        yield made


def bomb(size=100 * MIB):
    """Return a ZIP file whose only entry says that it unpacks to so much, and does."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as container,
        container.open("a.txt", "w") as file,
    ):
        for _ in range(size // MIB):
            file.write(b"\0" * MIB)
    return out.getvalue()


def liar():
    """Return a ZIP file whose directory says that its 40 MiB are ten bytes."""
    data = bytearray(bomb(40 * MIB))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rindex(mark) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


def overlapping(times=400):
    """Return a ZIP file all of whose entries are the same megabyte."""
    body = zlib.compress(b"\0" * MIB, 9)[2:-4]
    crc = zlib.crc32(b"\0" * MIB)
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, crc, len(body), MIB)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", 5, 0) + b"a.txt" + body
    entries = b"".join(
        b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHHHII", 6, 0, 0, 0, 0, 0, 0) + b"%06d" % number
        for number in range(times)
    )
    end = struct.pack("<HHHHIIH", 0, 0, times, times, len(entries), len(local), 0)
    return local + entries + b"PK\x05\x06" + end


def quine(deep=20):
    """Return a ZIP file in a ZIP file in a ZIP file."""
    data = zipped({"a.txt": STORY})
    for _ in range(deep):
        data = zipped({"inner.zip": data})
    return data


def swollen(size):
    """Return a PDF whose only page unpacks to so many spaces."""
    packed = zlib.compress(b" " * size, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table)


def circle():
    """Return a PDF whose tree of pages leads back to itself."""
    return pdf([STORY]).replace(b"/Kids [4 0 R] /Count 1", b"/Kids [2 0 R] /Count 9")


def entities(word, root="a"):
    """Return XML that unfolds to 3 GB."""
    steps = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x0 "{word}">{steps}]><{root}>&x9;</{root}>'


STOLEN = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
REFUSED = {
    "a zip bomb": ("a.zip", bomb, TooLargeError, "once unpacked"),
    "a zip bomb that lies about its size": ("a.zip", liar, NothingInsideError, "damaged ZIP"),
    "a zip bomb of one entry over and over": ("a.zip", overlapping, TooLargeError, "once unpacked"),
    "a Word file with a bomb in it": (
        "a.docx",
        lambda: docx(("", STORY), extra={"x": bytes(80 * MIB)}),
        TooLargeError,
        "unpack",
    ),
    "archives in archives": ("a.zip", quine, NothingInsideError, "an archive inside another file"),
    "an archive of 600 files": (
        "a.zip",
        lambda: zipped({f"{n}.txt": STORY for n in range(600)}),
        TooLargeError,
        "files",
    ),
    "an archive of pictures": ("a.zip", lambda: zipped({"a.png": png()}), NothingInsideError, "a picture"),
    "a truncated archive": ("a.zip", lambda: zipped({"a.txt": LONG})[:-40], BrokenFileError, "damaged ZIP"),
    "an entity bomb in a Word file": (
        "a.docx",
        lambda: docx(document=entities("ha", "document")),
        UnsafeFileError,
        "entities",
    ),
    "an entity bomb in an OpenDocument text": (
        "a.odt",
        lambda: odt(content=entities("ha")),
        UnsafeFileError,
        "entities",
    ),
    "an entity bomb in UTF-16": (
        "a.odt",
        lambda: odt(content=entities("ha").encode("utf-16")),
        UnsafeFileError,
        "entities",
    ),
    "an entity bomb in a book": (
        "a.epub",
        lambda: epub(("a", LONG), extra={"OEBPS/book.opf": entities("ha")}),
        UnsafeFileError,
        "entities",
    ),
    "an external entity in a Word file": ("a.docx", lambda: docx(document=STOLEN), UnsafeFileError, "entities"),
    "an external entity in an OpenDocument text": ("a.odt", lambda: odt(content=STOLEN), UnsafeFileError, "entities"),
    "XML with an entity bomb": ("a.xml", lambda: entities("ha").encode(), UnsupportedKindError, "XML"),
    "a PDF of 5000 pages": ("a.pdf", lambda: pdf(*[[STORY]] * 5000), TooLargeError, "pages: the limit is 1,000"),
    "an encrypted PDF": ("a.pdf", lambda: pdf([STORY], encrypted=True), EncryptedFileError, "password"),
    "a scanned PDF": ("a.pdf", lambda: pdf([], [], []), ScannedFileError, "OCR"),
    "a truncated PDF": ("a.pdf", lambda: pdf([STORY] * 30)[:200], BrokenFileError, "damaged PDF"),
    "a PDF whose page unpacks to 100 MiB": ("a.pdf", lambda: swollen(100 * MIB), (ReadError, WorkerDiedError), "a.pdf"),
    "a PDF whose pages go in circles": ("a.pdf", circle, (ScannedFileError, BrokenFileError), "a.pdf"),
    "100 000 nested tags": (
        "a.html",
        lambda: b"<html><body>" + b"<div>" * 100_000 + STORY.encode(),
        TooLargeError,
        "tags",
    ),
    "99 000 nested tags": (
        "a.html",
        lambda: b"<html><body>" + b"<i>" * 99_000 + STORY.encode(),
        NoArticleError,
        "no article",
    ),
    "a table of a million cells": ("a.html", lambda: b"<html><table>" + b"<td>" * 1_000_000, TooLargeError, "tags"),
    "Markdown of opened brackets": ("a.md", lambda: b"[" * 2 * MIB + b"](", (NoArticleError, Reading), ""),
    "rich text of groups in groups": ("a.rtf", lambda: b"{\\rtf1" + b"{" * MIB, TooLargeError, "formatting marks"),
    "a mail of parts in parts": (
        "a.eml",
        lambda: (
            b"MIME-Version: 1.0\nFrom: a\n"
            + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
        ),
        TooLargeError,
        "parts inside parts",
    ),
    "a mail with an archive of archives": (
        "a.eml",
        lambda: eml("", attached=[("a.zip", "application/zip", quine(3))]),
        NothingInsideError,
        "an archive inside another file",
    ),
    "a saved page without a page": (
        "a.mht",
        lambda: mhtml("x").replace(b"text/html", b"text/x"),
        NoArticleError,
        "article",
    ),
    "invisible marks alone": ("a.txt", lambda: "\u200b\u202e\u2066\ufeff".encode() * 9000, EmptyFileError, "is empty"),
    "NULs alone": ("a.txt", lambda: bytes(NEARLY), EmptyFileError, "is empty"),
    "a program that calls itself text": (
        "a.txt",
        lambda: os.urandom(NEARLY // 9),
        (BinaryFileError, UnsupportedKindError),
        "a.txt",
    ),
    "halves of characters alone": ("a.txt", lambda: b"\xff\xfe" + b"\x00\xd8" * 90_000, BinaryFileError, "not text"),
    "a picture that is an archive, too": (
        "a.zip",
        lambda: png() + zipped({"a.txt": STORY}),
        UnsupportedKindError,
        "a picture",
    ),
}

READ = {
    "2 MB in one line": ("a.txt", lambda: (STORY + " ").encode() * (NEARLY // 500)),
    "9.9 MB in one word": ("a.txt", lambda: b"a" * NEARLY),
    "dots without end": ("a.txt", lambda: b"." * 4 * MIB),
    "spaced dots without end": ("a.txt", lambda: b". " * MIB),
    "brackets without end": ("a.txt", lambda: b"(" * 2 * MIB),
    "NULs between the letters": ("a.txt", lambda: STORY.replace("keeper", "kee\0\0per").encode() * 99),
    "lone surrogates": ("a.txt", lambda: f"{STORY} It \ud83d is shut.".encode("utf-16", "surrogatepass")),
    "bidi and zero-width marks": ("a.txt", lambda: STORY.replace(" ", " \u202e\u200b").encode() * 99),
    "a page that is an archive, too": ("a.html", lambda: f"<html><p>{LONG * 9}</p></html>".encode() + zipped({})),
    "a PDF that is an archive, too": ("a.pdf", lambda: pdf([STORY]) + zipped({"a.txt": STORY})),
    "a PDF behind junk": ("a.pdf", lambda: b"GIF89a" + bytes(500) + pdf([STORY])),
    "names that lead out of the archive": ("../../a.zip", lambda: zipped({"../../etc/x.txt": STORY, "/b.txt": STORY})),
    "rich text that never ends": ("a.rtf", lambda: rtf((0, LONG * 100))[:-20]),
    "a PDF of a thousand pages": (
        "a.pdf",
        lambda: pdf(*[["Lock", f"{STORY} So it goes on page", f"{n} of the book."] for n in range(1000)]),
    ),
    "a mail with a line of 4 MiB": ("a.eml", lambda: eml(LONG) + b"x" * 4 * MIB),
    "an archive of 150 stories": (
        "a.zip",
        lambda: zipped({f"{n}.txt": f"Lock {n} is shut\n\n{LONG}" for n in range(150)}),
    ),
}


async def verdict(compute, name, make):
    """Return the reading or the error; a worker has SECONDS and MEMORY for it, or is killed."""
    data = await asyncio.to_thread(make)
    try:
        return await compute.read(data, name, Limits())
    except (ReadError, WorkerDiedError) as error:
        return error


@pytest.mark.parametrize("what", REFUSED)
async def test_a_hostile_file_is_refused_with_its_cause(compute, what):
    name, make, kinds, words = REFUSED[what]

    result = await verdict(compute, name, make)

    assert isinstance(result, kinds), result
    assert words in str(result)


@pytest.mark.parametrize("what", READ)
async def test_a_strange_file_is_read_and_says_nothing_unseen(compute, what):
    name, make = READ[what]

    result = await verdict(compute, name, make)

    assert isinstance(result, Reading), result
    assert not {*"\0\u202e\u200b\ud83d"} & {*result.document.text}
    assert not [note for note in result.document.notes if ".." in note.text or ".." in note.detail]


async def test_others_are_answered_while_bombs_are_read(compute):
    bomb_taken = asyncio.create_task(verdict(compute, "a.txt", lambda: b"." * 2 * MIB))
    answered = 0
    while not bomb_taken.done():
        result = await verdict(compute, "b.txt", STORY.encode)
        answered += isinstance(result, Reading)
        await asyncio.sleep(0.1)

    assert isinstance(await bomb_taken, (Reading, WorkerDiedError))
    assert answered > 0
    assert compute.nursery_pid is not None
