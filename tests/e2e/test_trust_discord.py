"""What TRUST.md promises, against the process: made-up clients, hostile files, a Discord in a bad mood."""

import json
import re

import pytest
import pytest_asyncio
from answers import finished, old_message, quotes, rows, sample, settle, slash_unchecked, unescaped
from loopback import Attachment, Permission
from loopback.interactions import Does
from loopback.world import Overwrite

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUTTON, MENU, TEXT_INPUT = 2, 3, 4
TITLE = "Night signal from Tern Island goes quiet"
EXPIRED = "This button has expired."
UNKNOWN = "This button is from another version of me."
STORY = """{title}

By Ronja Lind

SKAGEN — The pilots of Skagen harbour began to work at night again on Monday, the harbour office said.

Two boats had been laid up since the autumn. “We are glad of it,” said Jens Munk, who has steered one for thirty years.
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return tmp_path_factory.mktemp("corpus") / "verbatim.db"


@pytest.fixture(scope="module")
def shared(verbatim, database):
    """A bot that writes down all that it can."""
    return verbatim(DATABASE_URL=f"sqlite+aiosqlite:///{database}", LOG_LEVEL="DEBUG")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def peace(bot, discord):
    """After each test: no traceback in the log, and nothing that Discord would have refused."""
    said, refused = bot.said, len(discord.state.refusals)
    yield
    assert "Traceback" not in bot.said.removeprefix(said)
    assert discord.state.refusals[refused:] == []


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


async def unchecked(discord, user, channel, command, **options):
    """Run a command with what Discord's own client would not let pass."""
    return await slash_unchecked(discord, user, channel, command, **options).final_message(when=finished)


async def press(discord, user, message, custom_id, *, kind=BUTTON, **data):
    """Press what is not there, as a client of one's own can."""
    data |= {"custom_id": custom_id, "component_type": kind, "id": 1}
    return await discord._interact(Does.COMPONENT, user, message.channel, data, message).final_message(when=finished)


async def send_in(discord, user, channel, custom_id, **values):
    """Send a form in with whatever one likes."""
    parts = [{"type": TEXT_INPUT, "id": 1, "custom_id": name, "value": value} for name, value in values.items()]
    data = {"custom_id": custom_id, "components": [{"type": 18, "id": 2, "component": part} for part in parts]}
    return await discord._interact(Does.MODAL_SUBMIT, user, channel, data).final_message(when=finished)


def custom_ids(message):
    return re.findall(r'"custom_id": "(v[bm]:[^"]+)"', json.dumps(message.components))


@pytest_asyncio.fixture(loop_scope="module")
async def answer(discord, bot, guild, news, amina):
    """A summary that amina asked for, in public."""
    await ask(discord, amina, news, "add", file=sample("radio.txt"))
    return await ask(discord, amina, news, "summarise", article=TITLE, sentences=3)


def refused(told, sentence):
    return sentence in unescaped(told.text) and told.ephemeral


@pytest.mark.trust("forged-random")
@pytest.mark.parametrize(
    ("custom_id", "kind", "data", "sentence"),
    [
        ("vb:12345:0", BUTTON, {}, EXPIRED),
        ("vb:9223372036854775807:0", BUTTON, {}, EXPIRED),
        ("vb:9223372036854775808:0", BUTTON, {}, UNKNOWN),
        ("vb:9999999999999999999:9999", BUTTON, {}, UNKNOWN),
        ("vb:-1:0", BUTTON, {}, UNKNOWN),
        ("vb:1:0; DROP TABLE action", BUTTON, {}, UNKNOWN),
        ("vb:12345:0", MENU, {"values": ["0"]}, UNKNOWN),
        ("vm:12345:0", BUTTON, {}, UNKNOWN),
        ("vm:12345:0", MENU, {"values": []}, UNKNOWN),
        ("vm:12345:0", MENU, {}, UNKNOWN),
        ("vm:12345:0", MENU, {"values": ["zero"]}, UNKNOWN),
        ("vm:12345:0", MENU, {"values": ["-1"]}, UNKNOWN),
        ("vm:12345:0", MENU, {"values": ["9" * 5000]}, UNKNOWN),
        ("\u202edigest", BUTTON, {}, UNKNOWN),
        ("", BUTTON, {}, UNKNOWN),
    ],
)
async def test_a_made_up_control_is_refused_in_a_sentence(discord, bot, news, amina, custom_id, kind, data, sentence):
    told = await press(discord, amina, old_message(discord, news, "vb:1:0"), custom_id, kind=kind, **data)

    assert refused(told, sentence)


@pytest.mark.trust("forged-range")
async def test_a_control_beyond_those_of_its_answer_is_refused(discord, bot, news, amina, answer):
    kept = {custom_id.split(":")[1] for custom_id in custom_ids(answer)}

    for actions_id in kept:
        assert refused(await press(discord, amina, answer, f"vb:{actions_id}:99"), UNKNOWN)
        assert refused(await press(discord, amina, answer, f"vm:{actions_id}:0", kind=MENU, values=["99"]), UNKNOWN)


@pytest.mark.trust("forged-person")
async def test_somebody_elses_control_is_refused_from_a_message_of_ones_own(discord, bot, guild, news, answer):
    olav = guild.member("Olav")
    mine = await ask(discord, olav, news, "help")
    (shorter,) = {button["custom_id"] for button in [answer.button("Shorter")]}

    told = await press(discord, olav, mine, shorter)

    assert refused(told, "This button is for the person who asked.")
    assert len(quotes(answer)) == 3


@pytest.mark.trust("forged-desk", "other-server-articles")
async def test_nothing_of_one_server_is_had_in_another(discord, bot, news, amina, answer, database):
    elsewhere = discord.guild("Rival Desk")
    admin, there = elsewhere.member("Rita", admin=True), elsewhere.channel("news")
    theirs = old_message(discord, there, "vb:1:0")
    (line,) = await (await discord.autocomplete(amina, news, "summarise", "article", "tern")).offered()
    before = rows(database)

    for custom_id in custom_ids(answer):
        kind, data = (MENU, {"values": ["0"]}) if custom_id.startswith("vm") else (BUTTON, {})
        assert refused(await press(discord, admin, theirs, custom_id, kind=kind, **data), EXPIRED)
    by_id = await ask(discord, admin, there, "summarise", article=line["value"])
    by_title = await ask(discord, admin, there, "search", query="Tern Island", private=True)

    assert "That article is not here" in by_id.text
    assert "Tern Island goes quiet" not in unescaped(by_title.text)
    assert rows(database)["article"] == before["article"]


@pytest.mark.trust("forged-form-fields")
async def test_a_form_gives_what_it_asked_for_and_nothing_more(discord, bot, news, amina):
    opened = await discord.slash(amina, news, "summarise", sentences=1)
    form = await opened.form()

    answer = await send_in(
        discord, amina, news, form["custom_id"], text=STORY.format(title="Pilots"), sentences="9", article=TITLE
    )

    assert len(quotes(answer)) == 1
    assert "thirty years" in unescaped(answer.text) or "Skagen harbour" in unescaped(answer.text)


@pytest.mark.trust("forged-form-fields")
async def test_a_form_that_was_never_opened_is_refused(discord, bot, guild, news, amina, answer):
    buttons = {custom_id.split(":")[1] for custom_id in custom_ids(answer)}

    for custom_id in (
        "vf:1:0",
        "vf:99999999999999999999:0",
        "vf:one:0",
        "paste",
        *(f"vf:{kept}:0" for kept in buttons),
    ):
        told = await send_in(discord, amina, news, custom_id, text="Anything at all.")
        assert refused(told, EXPIRED) or refused(told, UNKNOWN)


@pytest.mark.trust("forged-form-fields")
async def test_a_form_of_somebody_else_is_refused(discord, bot, guild, news, amina):
    opened = await discord.slash(amina, news, "summarise", sentences=1)
    form = await opened.form()

    told = await send_in(discord, guild.member("Olav"), news, form["custom_id"], text=STORY.format(title="Pilots"))

    assert refused(told, "for the person who asked")


@pytest.mark.trust("forged-options", "injection-ids")
@pytest.mark.parametrize(
    "options",
    [
        {"article": "9" * 40},
        {"article": "-9223372036854775809"},
        {"article": "' OR 1=1; DROP TABLE article; --"},
        {"article": TITLE, "sentences": 2**62},
        {"article": TITLE, "method": "../../etc/passwd"},
        {"article": TITLE, "method": "os:getpid"},
    ],
)
async def test_options_that_no_client_would_send_are_refused_in_a_sentence(discord, bot, news, amina, answer, options):
    told = await unchecked(discord, amina, news, "summarise", **options)

    assert told.ephemeral
    assert "This went wrong" not in told.text
    assert quotes(told) == {}


@pytest.mark.trust("injection-queries")
@pytest.mark.parametrize(
    "query",
    [
        "tern'; DROP TABLE article; --",
        'tern" OR "1" = "1',
        "NEAR(tern island, 1)",
        "words: tern",
        "{words} : tern",
        "tern* OR *",
        "^tern",
        "tern AND (NOT",
        "desk_id:1",
        '"' * 99,
        "(" * 99,
        "%_%",
    ],
)
async def test_what_is_searched_for_is_words_and_no_query_of_the_engine(
    discord, bot, news, amina, answer, query, database
):
    before = rows(database)

    told = await ask(discord, amina, news, "search", query=query, private=True)
    after = await ask(discord, amina, news, "search", query="tern", private=True)

    assert "This went wrong" not in told.text
    assert TITLE in unescaped(after.text)
    assert {name: rows(database)[name] for name in ("article", "upload", "blob")} == {
        name: before[name] for name in ("article", "upload", "blob")
    }


HOSTILE = "@everyone <@&1> <#1> **free** [Discord](https://evil.example) ||x|| </add:1> `x` # big"


@pytest.mark.trust("injection-markdown", "injection-mentions", "injection-links")
async def test_a_headline_is_words_whatever_it_looks_like(discord, bot, news, amina):
    receipt = await ask(
        discord, amina, news, "add", file=Attachment("pilots.txt", STORY.format(title=HOSTILE).encode())
    )
    answer = await ask(discord, amina, news, "summarise", article="Discord", sentences=2)

    for shown in (receipt, answer):
        said = "\n".join(shown.history)
        assert not re.search(r"(?<!\\)(<[@#/:]|\*\*free|\]\(https://evil|\|\|x|</add:1)", said)
        assert not re.search(r"(?<![\\\w])@everyone", said.replace("@\u200b", ""))
        assert (shown.allowed_mentions or {"parse": []})["parse"] == []
        assert not any("evil.example" in url for url in shown.links)


@pytest.mark.trust("injection-file-names")
@pytest.mark.parametrize(
    "name", ["../../../.env", "..\\..\\boot.ini", "/etc/cron.d/x", "a\nb.txt", "@everyone.txt", "n" * 900]
)
async def test_a_file_name_is_a_label_and_no_place(discord, bot, guild, news, amina, name, database):
    before = {path for path in database.parent.rglob("*") if "-wal" not in path.name and "-shm" not in path.name}
    file = Attachment(name, STORY.format(title=f"Pilots of {len(name)}").encode(), content_type="text/plain")

    receipt = await ask(discord, amina, news, "add", file=file)

    assert "Added 1 article" in receipt.text
    assert "../" not in unescaped(receipt.text)
    assert "..\\" not in unescaped(receipt.text)
    assert {
        path for path in database.parent.rglob("*") if "-wal" not in path.name and "-shm" not in path.name
    } == before


@pytest.mark.trust("discord-rate-limits")
@pytest.mark.parametrize("route", ["POST /interactions/*/callback", "PATCH /webhooks/*/messages/@original"])
async def test_a_rate_limit_is_waited_out_and_the_answer_comes_once(discord, bot, faults, news, amina, answer, route):
    fault = faults.next(route, status=429, times=2, seconds=0.2)

    interaction = await discord.slash(amina, news, "summarise", article=TITLE, sentences=2)
    shown = await interaction.final_message(when=finished)

    assert fault.struck == 2
    assert len(quotes(shown)) == 2
    assert interaction.touched == [shown]


@pytest.mark.trust("discord-rate-limits")
async def test_a_receipt_waits_for_a_rate_limit_too(discord, bot, faults, news, amina):
    fault = faults.next(f"POST /channels/{news.id}/messages", status=429, times=2, seconds=0.2)

    posted = discord.say(amina, news, files=[sample("radio.txt")], mention=True)
    (receipt,) = await discord.until(lambda: discord.replies(posted), what="the receipt")

    assert fault.struck == 2
    assert "Added" in receipt.text or "Already here" in receipt.text


@pytest.mark.trust("member-loses-sight")
async def test_who_loses_sight_of_a_channel_loses_it_in_old_answers_too(discord, bot, guild, amina):
    hidden = guild.channel("harbour", readers=[amina])
    await ask(discord, amina, hidden, "add", file=sample("radio.txt"))
    direct = await ask(discord, amina, guild.channel("lobby"), "summarise", article=TITLE, sentences=2, private=True)
    hidden.overwrites.append(Overwrite(amina.id, member=True, deny=Permission.VIEW_CHANNEL))
    hidden.overwrites = [one for one in hidden.overwrites if one.target != amina.id or one.deny]
    discord.state.dispatch("CHANNEL_UPDATE", hidden.payload(), hidden.guild)

    longer = await (await discord.click(direct, "Longer", user=amina)).final_message(
        when=lambda message: "That article is not here" in message.text
    )

    assert quotes(longer) == {}


@pytest.mark.trust("discord-archived-thread")
async def test_in_a_thread_that_was_archived_meanwhile_a_command_is_answered(discord, bot, guild, news, amina, answer):
    thread = guild.thread(news, "old talk")
    asked = await discord.slash(amina, thread, "summarise", article=TITLE, sentences=2)
    await asked.acked()

    guild.lock(thread)

    assert len(quotes(await asked.final_message(when=finished))) == 2


@pytest.mark.trust("operator-logs", "thief-no-token")
async def test_neither_the_token_nor_a_word_of_anybody_is_in_the_log_at_its_most_talkative(
    discord, bot, news, amina, answer, database
):
    await ask(discord, amina, news, "search", query="cormorant", private=True)
    await ask(discord, amina, news, "add", url="https://user:hunter2@private.example/x")

    said = bot.said

    assert " DEBUG " in said
    for secret in (discord.token, "Tern Island", "cormorant", "hunter2", answer.text.splitlines()[-1][:30]):
        assert secret not in said
    assert discord.token.encode() not in database.read_bytes()


@pytest.mark.trust("operator-kill")
async def test_a_message_that_waits_to_be_read_at_a_power_cut_is_not_read_later(discord, bot, guild, amina):
    alone = guild.channel("alone")
    posted = discord.say(amina, alone, files=[sample("radio.txt", trouble="hang")], mention=True)
    await discord.until(lambda: discord.recorded(f"POST /channels/{alone.id}/typing"), what="typing")

    await bot.kill()
    await bot.start(discord)
    again = discord.say(amina, alone, files=[sample("reservoir.txt")], mention=True)
    await discord.until(lambda: discord.replies(again), what="a receipt")

    assert discord.replies(posted) == []
    await settle(lambda: bot.running)
