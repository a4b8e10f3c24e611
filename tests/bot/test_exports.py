"""A desk's managers take out what they can read."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from test_settings import _plain as plain_word

from bot.services import exports
from bot.services.errors import ExportForManagersError, PrivatelyAloneError
from bot.services.replies import Bullets
from storage.base import Scope
from storage.errors import TooLargeExportError

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The hidden channel has an id too long to turn up in a hash or a time by chance.
GUILD, AMINA, NEWS, ARCHIVE = 4_000_000_000_000, 71, 501, 902_113_846_570_223_516


def words(reply):
    items = [line for block in reply.blocks for line in (block.items if isinstance(block, Bullets) else [block.words])]
    return "\n".join("".join(map(plain_word, line)) for line in items)


@pytest.fixture
def admin(call):
    scope = Scope(GUILD, AMINA, frozenset({NEWS, AMINA}))
    return replace(call, scope=scope, channel_id=NEWS, audience_id=NEWS, guild_id=GUILD, private=True, admin=True)


async def test_what_the_asker_can_read_is_in_the_file(services, admin, ferry):
    await services.corpus.add(admin, file=ferry)

    reply = await services.exports.export(admin)

    (file,) = reply.attachments
    with zipfile.ZipFile(BytesIO(file.data)) as packed:
        (line,) = packed.read("articles.jsonl").splitlines()
        manifest = json.loads(packed.read("manifest.json"))
    assert json.loads(line)["title"] == "Night ferry to Ostrava Bay cancelled after engine fire"
    assert manifest["format"] == "verbatim-export"
    assert file.filename == f"verbatim-{GUILD}-{admin.now:%Y-%m-%d}.zip"
    assert "1 article\n" in words(reply)
    assert "1 file as it was received" in words(reply)


@pytest.mark.trust("export-sight")
async def test_what_stands_in_a_channel_out_of_sight_is_not(services, admin, ferry):
    hidden = replace(admin, channel_id=ARCHIVE, audience_id=ARCHIVE, scope=Scope(GUILD, 72, frozenset({ARCHIVE})))
    await services.corpus.add(hidden, file=ferry)

    reply = await services.exports.export(admin)

    with zipfile.ZipFile(BytesIO(reply.attachments[0].data)) as packed:
        told = b"".join(packed.read(name) for name in packed.namelist())
    assert b"Ostrava" not in told
    assert str(ARCHIVE).encode() not in told


@pytest.mark.trust("export-admin")
async def test_it_is_for_those_who_manage_the_server_and_for_the_asker_alone(services, admin):
    with pytest.raises(ExportForManagersError, match="Manage Server"):
        await services.exports.export(replace(admin, admin=False, manager=True))
    with pytest.raises(PrivatelyAloneError):
        await services.exports.export(replace(admin, private=False))


async def test_where_there_is_nothing_it_says_so(services, admin):
    reply = await services.exports.export(admin)

    assert reply.attachments == ()
    assert words(reply) == "There is nothing here yet."


async def test_what_is_too_large_comes_without_the_files_or_says_whom_to_ask(services, admin, ferry, monkeypatch):
    await services.corpus.add(admin, file=ferry)
    whole = (await services.exports.export(admin)).attachments[0].data

    monkeypatch.setattr(exports, "_MOST", len(whole) - 100)
    reply = await services.exports.export(admin)
    monkeypatch.setattr(exports, "_MOST", 1000)

    assert len(reply.attachments[0].data) < len(whole)
    assert "they are left out" in words(reply)
    with pytest.raises(TooLargeExportError, match="Ask whoever runs this bot"):
        await services.exports.export(admin)


async def test_at_the_terminal_it_is_everything_of_the_desk(services, call, ferry):
    await services.corpus.add(call, file=ferry)

    reply = await services.exports.export(replace(call, admin=True))

    assert "1 article\n" in words(reply)
