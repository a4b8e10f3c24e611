from dataclasses import replace

import pytest

from bot.services.calls import Incoming
from bot.services.errors import NothingAddedError, NothingGivenError, NotYoursError, UnknownRequestError
from bot.services.replies import Bullets, Excerpt, Heading, Line, Link, Quoted, Request, Tone
from bot.services.wording import plain
from storage.base import Scope
from storage.errors import UnknownUploadError

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, CHANNEL, HIDDEN, ALICE, BOB = 900, 7, 8, 41, 42


def in_channel(call, *, channel=CHANNEL, asker=ALICE, origin=100, **changed):
    """The same call made in a Discord channel."""
    scope = Scope(GUILD, asker, frozenset({channel}))
    told = {"scope": scope, "channel_id": channel, "audience_id": channel, "origin_id": origin, "guild_id": GUILD}
    return replace(call, **{**told, **changed})


def said(reply):
    """All words of a reply, as one text."""
    lines = [reply.title]
    for block in reply.blocks:
        match block:
            case Line(words) | Heading(words):
                lines.append(plain(words))
            case Bullets(items):
                lines.extend(plain(item) for item in items)
            case Quoted() | Excerpt():
                lines.append(block.text)
    return "\n".join(lines)


async def test_a_receipt_names_the_article_and_what_was_read(services, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)

    assert receipt.title == "Added 1 article"
    assert receipt.tone is Tone.DONE
    assert "Night ferry to Ostrava Bay cancelled after engine fire" in said(receipt)
    assert "no date printed" in said(receipt)
    assert [action.label for action in receipt.actions] == ["Summarise", "Undo"]


async def test_the_same_file_again_is_said_to_be_here_already(services, call, ferry):
    await services.corpus.add(call, file=ferry)

    again = await services.corpus.add(replace(call, origin_id=2), file=ferry)

    assert again.title == "Already here"


async def test_of_several_files_it_is_said_how_many_articles_were_here_already(services, call, ferry, tmp_path):
    path = tmp_path / "lamp.txt"
    path.write_text("The lamp at Vell was lit again on Monday after two years of dark.", "utf-8")
    lamp = Incoming(path.name, size=path.stat().st_size, attachment_id=12, path=str(path))
    await services.corpus.add(call, file=ferry)

    again = await services.corpus.add(replace(call, origin_id=2), file=ferry, file2=lamp)

    assert again.title == "Added 1 article"
    assert "2 articles in 2 files, 1 of them here already" in said(again)


async def test_a_guessed_encoding_is_told_once(services, call, tmp_path):
    path = tmp_path / "cafe.txt"
    path.write_bytes("The café at Vell was lit again on Monday, “after two years” of dark.".encode("cp1252"))
    cafe = Incoming(path.name, size=path.stat().st_size, attachment_id=1, path=str(path))

    receipt = await services.corpus.add(call, file=cafe)

    assert said(receipt).count("cp1252") == 1
    assert "Guessed encoding “cp1252”: the file does not say how its letters are written." in said(receipt)


@pytest.mark.trust("uploader-not-told")
async def test_whether_a_file_is_here_already_does_not_tell_of_hidden_channels(services, call, ferry):
    await services.corpus.add(in_channel(call, channel=HIDDEN, asker=BOB), file=ferry)

    receipt = await services.corpus.add(in_channel(call, origin=101), file=ferry)

    assert receipt.title == "Added 1 article"


async def test_a_public_upload_is_attached_to_its_receipt_and_then_cited_there(services, storage, call, ferry):
    here = in_channel(call)
    receipt = await services.corpus.add(here, file=ferry)

    await services.corpus.sent(here, receipt, channel_id=CHANNEL, message_id=555)

    [upload] = await storage.uploads(here.scope, receipt.anchors)
    assert [attached.filename for attached in receipt.attachments] == ["ferry.txt"]
    assert upload.message_id == 555


async def test_what_came_with_a_message_is_not_attached_again(services, call, ferry):
    receipt = await services.corpus.add(in_channel(call), file=replace(ferry, message_id=12))

    assert receipt.attachments == ()
    assert receipt.anchors == ()


async def test_one_bad_file_does_not_keep_the_others_out(services, call, ferry, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.touch()

    receipt = await services.corpus.add(call, file=ferry, file2=Incoming("empty.txt", path=str(empty)))

    assert receipt.tone is Tone.WARNING
    assert "“empty.txt” is empty" in said(receipt)
    assert "Added 1 article" in said(receipt)


async def test_when_nothing_could_be_read_the_error_says_why_of_each(services, storage, call, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    gone = Incoming("gone.txt", path=str(tmp_path / "gone.txt"))

    with pytest.raises(NothingAddedError, match=r"(?s)empty\.txt.*gone\.txt"):
        await services.corpus.add(call, file=Incoming("empty.txt", path=str(empty)), file2=gone)

    assert await storage.count(call.scope) == 0


async def test_what_was_taken_out_while_it_was_brought_again_is_read_again(services, storage, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)
    later = replace(call, origin_id=2)
    prepared = await services.intake.prepare(later, ferry)
    await services.perform(call, receipt.actions[-1].request)

    taken = await services.intake.keep(later, prepared)

    assert prepared.extraction is None
    assert await storage.count(call.scope) == len(taken.article_ids) == 1


async def test_nothing_given_is_answered_with_what_to_give(services, call):
    with pytest.raises(NothingGivenError, match="Attach a file"):
        await services.corpus.add(call)


async def test_progress_is_told_for_several_files(services, call, ferry, tmp_path):
    told = []

    async def listen(words):
        told.append(words)

    other = tmp_path / "other.txt"
    other.write_text("The mill at Sorrel Ford reopened on Monday. Forty people work there now.")
    await services.corpus.add(
        replace(call, progress=listen), file=ferry, file2=Incoming("other.txt", path=str(other), attachment_id=12)
    )

    assert told == ["Reading 2 files", "Reading: 1 of 2 done", "Reading: 2 of 2 done"]


@pytest.mark.trust("uploader-undo")
async def test_undo_takes_everything_out(services, storage, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)

    undone = await services.perform(call, receipt.actions[-1].request)

    assert undone.title == "Undone"
    assert await storage.count(call.scope) == 0


async def test_undo_twice_says_that_it_is_gone(services, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)
    await services.perform(call, receipt.actions[-1].request)

    with pytest.raises(UnknownUploadError):
        await services.perform(call, receipt.actions[-1].request)


@pytest.mark.trust("moderator-undo", "member-cannot-undo")
async def test_undo_is_for_the_uploader_and_for_managers(services, storage, call, ferry):
    receipt = await services.corpus.add(in_channel(call), file=ferry)
    bob = in_channel(call, asker=BOB)

    with pytest.raises(NotYoursError):
        await services.perform(bob, receipt.actions[-1].request)
    await services.perform(replace(bob, manager=True), receipt.actions[-1].request)

    assert await storage.count(bob.scope) == 0


async def test_a_receipt_can_be_asked_for_again(services, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)

    again = await services.perform(call, receipt.again)

    assert said(again) == said(receipt)


async def test_a_passage_opens_within_its_paragraph(services, storage, call, ferry):
    receipt = await services.corpus.add(call, file=ferry)
    article_id = int(receipt.actions[0].request.options["article"])
    stored = await storage.article(call.scope, article_id)
    words = "None of the 214 passengers was hurt, and all were brought ashore within forty minutes."
    start = stored.article.text.index(words)

    opened = await services.corpus.passage(call, article=article_id, start=start, end=start + len(words), number=2)

    excerpt = next(block for block in opened.blocks if isinstance(block, Excerpt))
    assert excerpt.text == words
    assert "Crew members put the fire out" in excerpt.after
    assert opened.title.startswith("[2] Night ferry")


async def test_the_context_of_a_passage_is_bounded(services, storage, call, tmp_path):
    sentences = " ".join(f"Ward number {number} of the old hospital was repainted in spring." for number in range(99))
    path = tmp_path / "long.txt"
    path.write_text(sentences)
    await services.corpus.add(call, file=Incoming("long.txt", path=str(path)))
    [head] = await storage.newest(call.scope)
    start = sentences.index("Ward number 50 ")

    opened = await services.corpus.passage(call, article=head.article_id, start=start, end=start + 61, number=1)

    excerpt = next(block for block in opened.blocks if isinstance(block, Excerpt))
    assert excerpt.before.startswith("… ")
    assert excerpt.after.endswith(" …")
    assert len(excerpt.before) + len(excerpt.after) < 1500


async def test_sources_say_where_it_came_from_and_what_was_left_out(services, call, tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(
        "Orchards of Vell flooded again\n\nThe river Vell rose by two metres on Sunday night. Growers lost a "
        "third of their trees, the valley council said.\n\nThe council will meet on Thursday to discuss a dam.\n\n"
        "Leave a Reply\n"
    )
    receipt = await services.corpus.add(call, file=Incoming("page.txt", path=str(path)))

    sources = await services.corpus.sources(call, article=int(receipt.actions[0].request.options["article"]))

    assert "page.txt" in said(sources)
    assert "Leave a Reply" in said(sources)
    assert "SHA-256" in said(sources)


async def test_a_message_link_is_offered_where_there_is_one(services, storage, call, ferry):
    here = in_channel(call)
    receipt = await services.corpus.add(here, file=replace(ferry, message_id=12))
    article_id = int(receipt.actions[0].request.options["article"])

    opened = await services.corpus.passage(here, article=article_id, start=0, end=5, number=1)

    assert Line((Link("Open it where it came from", f"https://discord.com/channels/{GUILD}/{CHANNEL}/12"),)) in (
        opened.blocks
    )


@pytest.mark.parametrize(
    "request_", [Request("corpus.sent"), Request("controls.take"), Request("corpus.passage", {"article": 1})]
)
@pytest.mark.trust("forged-requests")
async def test_a_stored_request_reaches_use_cases_alone(services, call, request_):
    with pytest.raises(UnknownRequestError):
        await services.perform(call, request_)
