"""Everything that people hand in wrongly: each has its own sentence that says what to do next, and nothing is lost.

The sentences stand here as a reader meets them in Discord, so that this file can be read by an editor.
"""

import re

import pytest
import pytest_asyncio
from answers import finished, old_message, quotes, rows, sample, slash_unchecked, unescaped
from file_makers import pdf, png
from loopback import Attachment
from test_exits import closed_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORY = "The lock at Brennvik was closed on Monday. Nobody knows for how long, said the keeper, Aslak Tind."
MIB = 2**20
READABLE = ".txt, .md, .html, .pdf or .docx"
STAYS = "The mill burnt down on Sunday. Nobody was hurt at all, said the miller."


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return tmp_path_factory.mktemp("corpus") / "verbatim.db"


@pytest.fixture(scope="module")
def shared(verbatim, database):
    return verbatim(DATABASE_URL=f"sqlite+aiosqlite:///{database}", FETCH_ALLOW_NETWORKS="127.0.0.0/8")


class Desk:
    """A server with one article in its corpus, and the people who go wrong there."""

    def __init__(self, discord, database):
        self.discord = discord
        self.guild = discord.guild("Lock Keepers")
        self.news = self.guild.channel("news")
        self.amina, self.olav = self.guild.member("Amina"), self.guild.member("Olav")
        self._database = database

    @property
    def corpus(self):
        return rows(self._database)

    async def ask(self, command, *, channel=None, **options):
        asked = await self.discord.slash(self.amina, channel or self.news, command, **options)
        return await asked.final_message(when=finished)

    async def ask_unchecked(self, command, **options):
        asked = slash_unchecked(self.discord, self.amina, self.news, command, **options)
        return await asked.final_message(when=finished)

    async def click(self, message, label, *, user=None):
        clicked = await self.discord.click(message, label, user=user or self.amina)
        return await clicked.final_message(when=finished)

    async def paste(self, text):
        asked = await self.discord.slash(self.amina, self.news, "summarise")
        form = await asked.form()
        sent = await self.discord.submit(asked, {form["components"][0]["label"]: text})
        return await sent.final_message(when=finished)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(discord, shared, database):
    await shared.start(discord)
    desk = Desk(discord, database)
    desk.receipt = await desk.ask("add", file=sample("radio.txt"))
    desk.answer = await desk.ask("summarise", article="Night signal", sentences=3)
    return desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(opened, bot):
    """The desk, its bot alive, and somebody who has asked nothing in this minute."""
    opened.amina = opened.guild.member("Amina")
    return opened


# Who can read what, and how often names stand there: it follows from the uploads that are in sight (`storage.derived`).
FOLLOWING = {"sight", "readers", "circle", "tally", "monthly"}


def told(message):
    """Return what a reader sees, a clickable command by its name."""
    return unescaped(re.sub(r"</([\w ]+):\d+>", r"/\1", message.text))


def bring(name, data):
    return lambda desk: desk.ask("add", file=Attachment(name, data, content_type=None))


def link(url):
    return lambda desk: desk.ask("add", url=url(desk) if callable(url) else url)


def bundle(articles):
    """Return a file of so many articles."""
    return "\n\n".join(
        f"Tide table {number} for Skarvoy is out\n\nBy Oda Brekke\n\nSKARVOY — The harbour office published table "
        f"{number} on Monday. Skippers may fetch it at the quay from nine.\n\n"
        "It costs nothing this year. The office is open until four.\n\n----------"
        for number in range(articles)
    ).encode()


WRONG = {
    "an empty file": (
        bring("empty.txt", b""),
        "“empty.txt” is empty. Check that the upload finished, then send it again.",
    ),
    "binary posing as text": (
        bring("story.txt", bytes(range(256)) * 8),
        f"“story.txt” is not text, whatever it is called. Export it as {READABLE} and send that.",
    ),
    "a wrong extension": (
        bring("photo.txt", png()),
        "“photo.txt” has the wrong ending: it is a picture, which I don't read. Send what it says as " + READABLE,
    ),
    "an unsupported kind": (
        bring("notes.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + STORY.encode()),
        "“notes.doc” is an old Office document (.doc, .xls or .ppt), which I don't read. Send what it says as "
        + READABLE,
    ),
    "too many bytes": (
        bring("archive.txt", b"x" * (10 * MIB + 1)),
        "“archive.txt” is over the limit of 10 MiB. Split it, or send only the pages that matter.",
    ),
    "too many articles": (
        bring("tides.txt", bundle(201)),
        "“tides.txt” has too many articles: the limit is 200. Split it and send the parts.",
    ),
    "a file without an article": (
        bring("menu.txt", b"Accept all cookies\n\nLeave a Reply\n\nYour name"),
        "“menu.txt” holds no article that I can find. Copy the article's own paragraphs and paste them with /summarise",
    ),
    "an encrypted PDF": (
        bring("minutes.pdf", pdf([STORY], encrypted=True)),
        "“minutes.pdf” is locked with a password. Save a copy without one and send that.",
    ),
    "a scanned PDF": (
        bring("scan.pdf", pdf([], [])),
        "“scan.pdf” holds pictures of pages but no text. Run text recognition (OCR) over it, then send it again.",
    ),
    "a damaged PDF": (
        bring("cut.pdf", b"%PDF-1.4\nand no more"),
        "“cut.pdf” is a damaged PDF file. Open and save it again, or send its text as .txt.",
    ),
    "a dead link": (
        link(lambda desk: f"{desk.discord.state.cdn.base}/attachments/1/2/gone.html"),
        "could not be fetched: it is not there (404); check the address.",
    ),
    "a link where nobody answers": (
        link(lambda _: f"http://127.0.0.1:{closed_port()}/"),
        "could not be fetched: nobody answers there; try again later.",
    ),
    "a link into a private network": (
        link("http://10.20.30.40/minutes.html"),
        "it leads into a private network, which is closed to me; save the page and attach it as a file.",
    ),
    "a link that is none": (
        link("brennvik.example/locks"),
        "I can't open brennvik.example/locks: a web address begins with https:// or http://.",
    ),
    "a link with half a character": (
        link("https://brennvik.example/\ud83d"),
        "there are characters in it that no address has; copy it from the browser again.",
    ),
    "an unknown article": (
        lambda desk: desk.ask("summarise", article="The lost lock"),
        "There is no article “The lost lock” here. Use /add to bring an article in first.",
    ),
    "an unknown article in half characters": (
        lambda desk: desk.ask("summarise", article="Lock \ud83d"),
        "There is no article “Lock \ufffd” here.",
    ),
    "an unknown article written backwards": (
        lambda desk: desk.ask("summarise", article="Lock \u202ekcol"),
        "There is no article “Lock kcol” here.",
    ),
    "0 sentences": (
        lambda desk: desk.ask_unchecked("summarise", article="Night signal", sentences=0),
        "A summary has 1 to 12 sentences, not 0. Ask for a number between them.",
    ),
    "a click on a button that has expired": (
        lambda desk: desk.click(old_message(desk.discord, desk.news, "vb:12345:0"), "Next"),
        "This button has expired. Run the command again for fresh ones.",
    ),
    "a click on a button of another version": (
        lambda desk: desk.click(old_message(desk.discord, desk.news, "digest:next"), "Next"),
        "This button is from another version of me. Run the command again for fresh ones.",
    ),
    "a click on somebody else's button": (
        lambda desk: desk.click(desk.answer, "Shorter", user=desk.olav),
        "This button is for the person who asked. Run the command yourself to get your own.",
    ),
    "an undo by somebody who may not": (
        lambda desk: desk.click(desk.receipt, "Undo", user=desk.olav),
        "This button is for the person who asked and those who may manage messages here. Ask one of them.",
    ),
}
DELETED = (
    "That article is not here, or no longer: it may have been taken back, or its channel deleted or closed. Type part "
    "of a title to see what is here, or bring it in again with /add."
)
FORBIDDEN = "Ask whoever runs the server to grant it, or use me in another channel or in a direct message."


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.trust("member-cannot-undo", "member-buttons")
async def test_what_is_wrong_is_told_to_the_one_who_did_it_and_changes_nothing(desk, what):
    does, sentence = WRONG[what]
    before, refused = desk.corpus, len(desk.discord.state.refusals)

    answer = await does(desk)

    assert sentence in told(answer)
    assert answer.viewer in (desk.amina, desk.olav)
    assert desk.corpus == before
    assert desk.discord.state.refusals[refused:] == []


async def test_each_has_a_sentence_of_its_own():
    sentences = [*(sentence for _, sentence in WRONG.values()), DELETED, FORBIDDEN]

    assert len(set(sentences)) == len(sentences)


READ = {
    "NULs": ("nul.txt", STORY.replace("keeper", "kee\0per").encode(), "left out: NUL characters"),
    "halves of characters": (
        "half.txt",
        f"{STORY} It \ud83d stays shut.".encode("utf-16", "surrogatepass"),
        "Half characters were replaced",
    ),
    "bidi overrides": (
        "bidi.txt",
        STORY.replace("keeper", "\u202ekeeper\u202c").encode(),
        "left out: marks that reverse",
    ),
    "a name with ../": ("../../etc/lock.txt", f"{STORY} It stays shut.".encode(), "lock.txt"),
    "a name written backwards": ("lock\u202eftr.txt", f"{STORY} It is shut.".encode(), "lockftr.txt"),
    "a wrong extension of a kind that is read": ("lock.txt", pdf(STORY.split(". ")), "PDF"),
}


@pytest.mark.parametrize("what", READ)
@pytest.mark.trust("injection-unseen", "injection-file-names")
async def test_what_can_be_read_is_read_and_the_receipt_says_what_was_done(desk, what):
    name, data, said = READ[what]
    before, refused = desk.corpus, len(desk.discord.state.refusals)

    receipt = await desk.ask("add", file=Attachment(name, data, content_type=None))
    after = desk.corpus
    await desk.click(receipt, "Undo")

    assert "Added 1 article" in receipt.history[-1]
    assert said in unescaped(receipt.history[-1])
    assert after["article"] == before["article"] + 1
    assert not re.search("[\0\u202e\ud800-\udfff]|\\.\\./", receipt.history[-1])
    assert desk.corpus == before
    assert desk.discord.state.refusals[refused:] == []


async def test_pasted_halves_of_characters_are_replaced_and_the_rest_is_quoted(desk):
    before = desk.corpus

    answer = await desk.paste(f"{STAYS} The wheel \ud83d turns.")

    assert all(words in STAYS + " The wheel \ufffd turns." for words in quotes(answer).values())
    assert desk.corpus["article"] == before["article"] + 1


@pytest.mark.trust("discord-gone")
async def test_an_article_of_a_deleted_channel_is_gone_from_answers_elsewhere(desk):
    doomed = desk.guild.channel("doomed")
    await desk.ask("add", channel=doomed, file=sample("reservoir.txt"))
    answer = await desk.ask("summarise", article="reservoir", sentences=2)
    before = desk.corpus
    desk.guild.remove_channel(doomed)

    longer = await desk.click(answer, "Longer")

    assert DELETED in told(longer)
    # What was brought in it waits in the trash, whole.
    trashed = before | {"upload": before["upload"] - 1, "trash": before["trash"] + 1}
    kept = trashed.keys() - FOLLOWING
    assert await desk.discord.until(
        lambda: {name: desk.corpus[name] for name in kept} == {name: trashed[name] for name in kept},
        what="the channel's articles in the trash",
    )
    assert desk.corpus["sight"] == before["sight"] - 1


@pytest.mark.trust("discord-gone")
async def test_a_channel_that_is_deleted_under_an_answer_harms_nothing(desk, bot):
    doomed, before, said = desk.guild.channel("doomed"), desk.corpus, bot.said
    refusals = desk.discord.state.refusals
    asked = await desk.discord.slash(desk.amina, doomed, "summarise", article="Night signal", sentences=2)
    await asked.acked()

    desk.guild.remove_channel(doomed)
    await desk.discord.until(lambda: "Unknown Channel" in str(refusals[-1:]), what="an answer that finds nobody")
    again = await desk.ask("summarise", article="Night signal", sentences=2)

    assert len(quotes(again)) == 2
    assert "Traceback" not in bot.said.removeprefix(said)
    assert desk.corpus == before


@pytest.mark.trust("discord-permissions")
async def test_a_missing_permission_is_told_of(desk, faults):
    before = desk.corpus
    faults.next("PATCH /webhooks/*/messages/@original", status=403, code=50013)

    answer = await desk.ask("summarise", article="Night signal", sentences=2)

    assert FORBIDDEN in told(answer)
    assert answer.viewer is desk.amina
    assert desk.corpus == before
