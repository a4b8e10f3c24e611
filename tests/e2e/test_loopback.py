"""The loopback itself, driven by an unmodified discord.py in this very process."""

import asyncio
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import discord
import pytest
from answers import ROOT, environment, settle
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from loopback import Attachment, Channel, GuildHandle, LoopbackDiscord, NotInTimeError, User
from loopback.checks import COMPONENTS_V2, Refusal, check_commands, check_message
from loopback.program import Program
from yarl import URL


class TryoutBot(discord.AutoShardedClient):
    """A bot with one command for each thing that the loopback has to understand."""

    def __init__(self, *, intents=None):
        super().__init__(intents=intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True))
        self.tree = app_commands.CommandTree(self)
        self.heard = []
        self.raised = []
        for command in (plain, slow, weigh, ask, too_much, carry, shout):
            self.tree.add_command(command)
        self.tree.error(self.note)

    async def note(self, interaction, error):
        self.raised.append(error.__cause__ or error)

    async def setup_hook(self):
        await self.tree.sync()

    async def on_message(self, message):
        self.heard.append(message)


class Again(discord.ui.LayoutView):
    row = discord.ui.ActionRow()

    def __init__(self):
        super().__init__(timeout=None)
        self.add_item(discord.ui.TextDisplay("First."))

    @row.button(label="Again", custom_id="again")
    async def again(self, interaction, button):
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay("Second."))
        await interaction.response.edit_message(view=view)

    @row.button(label="Whisper", custom_id="whisper")
    async def whisper(self, interaction, button):
        await interaction.response.send_message("Only for you.", ephemeral=True)


class Question(discord.ui.Modal, title="A question"):
    words = discord.ui.Label(text="Your words", component=discord.ui.TextInput(custom_id="words"))
    papers = discord.ui.Label(
        text="Papers", component=discord.ui.FileUpload(custom_id="papers", required=False, max_values=2)
    )

    async def on_submit(self, interaction):
        files = [await paper.read() for paper in self.papers.component.values]
        await interaction.response.send_message(f"{self.words.component.value} {b''.join(files).decode()}")


@app_commands.command(description="Answer at once, with buttons.")
async def plain(interaction: discord.Interaction):
    await interaction.response.send_message(view=Again())


@app_commands.command(description="Think, then answer.")
async def slow(interaction: discord.Interaction, private: bool = False):
    await interaction.response.defer(ephemeral=private)
    await interaction.edit_original_response(content="Halfway")
    await interaction.edit_original_response(content="Done")
    await interaction.followup.send("And one more", ephemeral=True)


@app_commands.command(description="Say how heavy a file is.")
async def weigh(interaction: discord.Interaction, file: discord.Attachment, times: app_commands.Range[int, 1, 3] = 1):
    await interaction.response.send_message(f"{len(await file.read()) * times} bytes in {file.filename}")


@app_commands.command(description="Open a form.")
async def ask(interaction: discord.Interaction):
    await interaction.response.send_modal(Question())


@app_commands.command(description="Send more than fits.")
async def too_much(interaction: discord.Interaction):
    view = discord.ui.LayoutView()
    for _ in range(3):
        view.add_item(discord.ui.TextDisplay("x" * 1500))
    await interaction.response.send_message(view=view)


@app_commands.command(description="Hand a file back.")
async def carry(interaction: discord.Interaction):
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.File("attachment://notes.txt"))
    await interaction.response.send_message(view=view, file=discord.File(io.BytesIO(b"tide tables"), "notes.txt"))


@app_commands.command(description="Write into the channel, twice under one nonce.")
async def shout(interaction: discord.Interaction):
    await interaction.response.defer()
    for _ in range(2):
        await interaction.channel.send("Hear, hear", nonce="tide-1")
    await interaction.edit_original_response(content="Shouted")


@weigh.autocomplete("times")
async def offer_times(interaction, typed):
    return [app_commands.Choice(name=f"{number} times", value=number) for number in (1, 2, 3)]


@dataclass
class Place:
    """A guild with a channel, somebody in it, and the bot."""

    discord: LoopbackDiscord
    guild: GuildHandle
    news: Channel
    amina: User
    bot: TryoutBot

    async def run(self, command, **options):
        return await self.discord.slash(self.amina, self.news, command, **options)

    async def shown(self, command, **options):
        return await (await self.run(command, **options)).final_message()


@pytest.fixture
async def loopback(monkeypatch):
    async with LoopbackDiscord() as server:
        monkeypatch.setattr(Route, "BASE", server.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(server.gateway.url))
        yield server


@pytest.fixture
async def program(tmp_path):
    """Start a program, and see to its end."""
    made = []

    def make(*command, **settings):
        made.append(Program(command, tmp_path, environment(**settings)))
        return made[-1]

    yield make
    for each in made:
        await each.clean_up()


@asynccontextmanager
async def online(server, bot):
    task = asyncio.create_task(bot.start(server.token))
    try:
        await server.ready()
        yield bot
    finally:
        await bot.close()
        await asyncio.wait([task])


@pytest.fixture
async def place(loopback):
    guild = loopback.guild("Harbour Watch")
    news, amina = guild.channel("news"), guild.member("Amina")
    async with online(loopback, TryoutBot()) as bot:
        yield Place(loopback, guild, news, amina, bot)


async def test_an_answer_arrives_with_its_buttons(place):
    interaction = await place.run("plain")

    message = await interaction.final_message()

    assert (message.text, message.buttons) == ("First.", ["Again", "Whisper"])
    assert await interaction.acked() < 3


async def test_a_button_changes_its_message(place):
    message = await place.shown("plain")

    clicked = await place.discord.click(message, "Again", user=place.amina)

    assert await clicked.final_message(when=lambda shown: shown.text == "Second.") is message
    assert message.history == ["First."]


async def test_nobody_else_can_click_in_a_private_answer(place):
    olav = place.guild.member("Olav")
    clicked = await place.discord.click(await place.shown("plain"), "Whisper", user=place.amina)
    whispered = await clicked.final_message()
    whispered.components = [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Oh", "custom_id": "oh", "id": 1}]}
    ]

    with pytest.raises(AssertionError, match="does not see"):
        await place.discord.click(whispered, "Oh", user=olav)


async def test_edits_and_follow_ups_are_kept_in_order(place):
    interaction = await place.run("slow", private=True)

    last = await interaction.final_message(when=lambda message: message.text == "And one more")

    assert last.ephemeral
    assert interaction.original.history == ["", "Halfway"]
    assert interaction.original.viewer is place.amina


async def test_a_file_reaches_the_bot_and_another_comes_back(place):
    weighed = await place.shown("weigh", file=Attachment("ferry.txt", b"late"), times=2)
    carried = await place.shown("carry")

    assert weighed.text == "8 bytes in ferry.txt"
    assert [(file.filename, file.data) for file in carried.attachments] == [("notes.txt", b"tide tables")]


async def test_a_form_is_opened_and_sent_with_a_file(place):
    opened = await place.run("ask")

    sent = await place.discord.submit(opened, {"words": "The tide", "Papers": [Attachment("a.txt", b"turns")]})

    assert (await sent.final_message()).text == "The tide turns"


async def test_suggestions_are_offered(place):
    typed = await place.discord.autocomplete(place.amina, place.news, "weigh", "times", "2")

    assert [choice["value"] for choice in await typed.offered()] == [1, 2, 3]


async def test_the_client_refuses_what_a_command_does_not_declare(place):
    for options in ({"file": Attachment("a", b""), "times": 4}, {"times": 1}, {"colour": "red"}):
        with pytest.raises(AssertionError):
            await place.run("weigh", **options)


async def test_more_text_than_fits_is_refused_as_discord_refuses_it(place):
    await place.run("too_much")
    await settle(lambda: place.bot.raised)

    assert "4000" in str(place.bot.raised[0])
    assert place.bot.raised[0].code == 50035
    assert place.discord.state.refusals


async def test_a_second_first_response_is_refused(place):
    interaction = await place.run("plain")
    await interaction.acked()

    status, body = await post(
        place.discord, f"/interactions/{interaction.id}/{interaction.token}/callback", {"type": 5}
    )

    assert (status, body["code"]) == (400, 40060)


async def test_an_interaction_that_waited_too_long_is_unknown(place):
    place.discord.state.ack_seconds = -1

    await place.run("plain")
    await settle(lambda: place.bot.raised)

    assert place.bot.raised[0].code == 10062


async def test_a_nonce_is_remembered_until_it_is_forgotten(place):
    await place.shown("shout")
    place.discord.forget_nonces()
    await (await place.run("shout")).final_message(when=lambda message: message.text == "Shouted")

    shouts = [message for message in place.discord.state.messages.values() if message.text == "Hear, hear"]
    assert len(shouts) == 2


async def test_a_message_is_heard_without_its_words_unless_the_bot_is_meant(place):
    place.discord.say(place.amina, place.news, "not for you")
    place.discord.say(place.amina, place.news, "for you", mention=True)
    place.discord.say(place.amina, place.discord.direct(place.amina), "between us")

    await settle(lambda: len(place.bot.heard) == 3)

    assert [message.content.split("> ")[-1] for message in place.bot.heard] == ["", "for you", "between us"]


async def test_a_reset_connection_reaches_the_bot_as_one(place):
    fault = place.discord.faults.next("POST /interactions/*", status="cut", after_effect=True)

    await place.run("plain")
    await settle(lambda: place.bot.raised)

    assert fault.struck == 1
    assert isinstance(place.bot.raised[0], aiohttp.ClientError)
    assert any(message.text == "First." for message in place.discord.state.messages.values())


async def test_an_ordered_429_is_waited_for_and_tried_again(place):
    place.discord.faults.next("POST /interactions/*", status=429, seconds=0.01, times=2)

    message = await place.shown("plain")

    assert message.text == "First."
    assert [request.status for request in place.discord.recorded("POST /interactions/*")] == [429, 429, 200]


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [("truncated", aiohttp.ClientPayloadError), ("expired", discord.Forbidden), ("missing", discord.NotFound)],
)
async def test_a_download_fails_as_ordered(place, trouble, expected):
    await place.run("weigh", file=Attachment("ferry.txt", b"late" * 100, trouble=trouble))
    await settle(lambda: place.bot.raised)

    assert isinstance(place.bot.raised[0], expected)


async def test_a_dropped_session_is_resumed_and_misses_nothing(place):
    await place.discord.gateway.drop()
    interaction = await place.run("plain")

    message = await interaction.final_message(within=10)

    assert message.text == "First."
    assert place.discord.gateway.identifies == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume(place):
    await place.discord.gateway.ask_to_reconnect()

    await place.discord.until(lambda: place.discord.gateway.sessions[0].resumed)

    assert (await place.shown("plain")).text == "First."


async def test_a_hidden_channel_is_seen_by_its_readers_alone(place):
    olav = place.guild.member("Olav")
    hidden = place.guild.channel("sources", readers=[olav])

    with pytest.raises(AssertionError):
        await place.discord.slash(place.amina, hidden, "plain")

    assert (await (await place.discord.slash(olav, hidden, "plain")).final_message()).text == "First."


async def test_each_shard_hears_of_its_own_guilds(monkeypatch):
    async with LoopbackDiscord(shards=2) as server:
        monkeypatch.setattr(Route, "BASE", server.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(server.gateway.url))
        # The second identification comes five seconds after the first, as Discord wants it; this test does not wait.
        monkeypatch.setattr(TryoutBot, "before_identify_hook", lambda *_, **__: asyncio.sleep(0), raising=False)
        guilds = [server.guild(f"Guild {shard}", shard=shard) for shard in (0, 1)]
        channels = [guild.channel("news") for guild in guilds]
        people = [guild.member("Somebody") for guild in guilds]
        async with online(server, TryoutBot()):
            for person, channel in zip(people, channels, strict=True):
                answer = await server.slash(person, channel, "plain")

                assert (await answer.final_message()).text == "First."


async def test_a_token_that_is_not_known_is_turned_away(loopback):
    bot = TryoutBot()

    with pytest.raises(discord.LoginFailure):
        await bot.login("somebody else's")

    await bot.http.close()


async def test_intents_that_were_not_granted_close_the_connection(loopback):
    bot = TryoutBot(intents=discord.Intents(guilds=True, message_content=True))

    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.start(loopback.token)

    await bot.close()


async def test_waiting_in_vain_tells_for_what(place):
    interaction = await place.run("plain")

    with pytest.raises(NotInTimeError, match="plain"):
        await interaction.final_message(within=0.01, when=lambda message: False)


def text(words="words"):
    return {"type": 10, "content": words}


def button(custom_id="b", **changes):
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id} | changes


def row(*components):
    return {"type": 1, "components": list(components)}


def menu(*options):
    return row({"type": 3, "custom_id": "m", "options": [{"label": option, "value": option} for option in options]})


@pytest.mark.parametrize(
    "components",
    [
        [],
        [text()] * 41,
        [text("x" * 2001)] * 2,
        [text("")],
        [row(button("same"), button("same"))],
        [row(button("x" * 101))],
        [row(button(label="x" * 81))],
        [row(button(label=""))],
        [row(button(custom_id=None))],
        [row(*(button(str(number)) for number in range(6)))],
        [row(button(style=5, custom_id=None, url="https://example.org/" + "x" * 500))],
        [menu()],
        [menu(*map(str, range(26)))],
        [menu("twice", "twice")],
        [menu("x" * 101)],
        [{"type": 17, "components": []}],
        [{"type": 9, "components": [text()]}],
        [{"type": 13, "file": {"url": "attachment://elsewhere.txt"}}],
    ],
)
def test_components_that_discord_would_refuse_are_refused(components):
    with pytest.raises(Refusal):
        check_message({"flags": COMPONENTS_V2, "components": components}, {"here.txt"})


@pytest.mark.parametrize(
    "message",
    [
        {"flags": COMPONENTS_V2, "components": [text()], "content": "beside"},
        {"components": [text()]},
        {"content": "x" * 2001},
        {"content": ""},
    ],
)
def test_messages_that_discord_would_refuse_are_refused(message):
    with pytest.raises(Refusal):
        check_message(message, set())


def test_what_just_fits_is_let_through():
    components = [text("x" * 100)] * 37 + [row(button(), button("c"))]

    check_message({"flags": COMPONENTS_V2, "components": components}, set())
    check_message({"content": "x" * 2000}, set())


def test_too_large_a_command_is_refused():
    options = [{"name": f"o{number}", "description": "d" * 100, "type": 3} for number in range(25)]
    command = {"name": "brief", "description": "d", "options": options}

    check_commands([command])
    with pytest.raises(Refusal):
        check_commands([command, command])
    with pytest.raises(Refusal):
        check_commands([command | {"options": [options[0]] * 26}])


async def test_the_bare_bot_answers_from_a_process_of_its_own(loopback, program):
    guild = loopback.guild()
    news, amina = guild.channel("news"), guild.member("Amina")
    bare = program(str(ROOT / "bench" / "bare_bot.py"), DISCORD_API_URL=loopback.url, DISCORD_TOKEN=loopback.token)

    await bare.start(loopback)
    answer = await (await loopback.slash(amina, news, "ping")).final_message()

    assert answer.text == "Pong."
    assert answer.viewer is amina


async def test_it_runs_by_itself(program):
    alone = program("-m", "loopback", PYTHONPATH=str(ROOT / "tests"))

    await alone.start()
    await settle(lambda: "DISCORD_TOKEN" in alone.said)
    url = alone.said.partition("=")[2].split()[0]
    async with aiohttp.ClientSession() as session, session.get(f"{url}/gateway") as response:
        gateway = (await response.json())["url"]

    assert gateway.startswith("ws://127.0.0.1:")


async def post(server, path, body):
    async with aiohttp.ClientSession() as session, session.post(server.url + path, json=body) as response:
        return response.status, await response.json()
