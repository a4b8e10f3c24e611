"""Words that nobody but their writers should ever read, brought in every way there is, at the most talkative log."""

import asyncio
import json
import socket
import sys

import aiohttp
import pytest
from answers import environment, finished, sample
from loopback import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")

# One for each way in, none of them a word or a part of one.
TEXT, NAME, QUERY, TITLE, PASTED, MESSAGE, BROKEN, ADDRESS = (
    f"Qz{kind}wx" for kind in ("text", "name", "query", "title", "paste", "said", "torn", "link")
)
ARTICLE = f"""{TEXT} keeps the lamp at Gannet Cove

By Oda {TEXT}, 5 March 2026

The lamp at Gannet Cove will be kept by {TEXT} Lamps, the harbour board said on Thursday. It has burnt since 1911.

Its keeper, Oda {TEXT}, said: “I was told yesterday.” The board wants a second lamp by 2028.
"""


@pytest.fixture(scope="module")
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def shared(verbatim, port):
    return verbatim(LOG_LEVEL="DEBUG", LOG_FORMAT="json", READ_SECONDS="10", METRICS_PORT=str(port))


async def ask(discord, user, channel, command, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished, within=40)


@pytest.mark.trust("operator-logs")
async def test_no_canary_sings_in_the_log(discord, faults, bot, guild, amina, news):
    file = Attachment(f"{NAME}.txt", ARTICLE.encode())
    await ask(discord, amina, news, "add", file=file)
    await ask(discord, amina, news, "summarise", article=TITLE)
    await ask(discord, amina, news, "summarise", file=Attachment(f"{BROKEN}.pdf", f"%PDF-1.4 {BROKEN}".encode()))
    await ask(discord, amina, news, "add", file=Attachment(f"{BROKEN}.docx", b"PK\x03\x04" + BROKEN.encode()))
    await ask(discord, amina, news, "add", url=f"http://127.0.0.1:9/{ADDRESS}?key={ADDRESS}")
    await ask(discord, amina, news, "search", query=f'"{QUERY} OR (')
    await ask(discord, amina, news, "search", query=QUERY)
    await ask(discord, amina, news, "brief", topic=QUERY)
    await ask(discord, amina, news, "quote", text=f"The lamp was kept by {QUERY} for a hundred years.")
    await ask(discord, amina, news, "entity show", name=QUERY)
    await ask(discord, amina, news, "watch add", search=QUERY)
    await ask(discord, amina, news, "timeline", topic=TEXT)
    typed = await discord.autocomplete(amina, news, "entity show", "name", QUERY)
    await typed.offered()

    olav = guild.member("Olav")
    form = await discord.slash(olav, news, "summarise", sentences=1)
    label = (await form.form())["components"][0]["label"]
    await (await discord.submit(form, {label: f"{PASTED} went. {PASTED} came."})).final_message(when=finished)
    said = discord.say(olav, news, f"{MESSAGE} and nothing else", files=[file], mention=True)
    await discord.until(lambda: discord.replies(said), what="the receipt")

    for status in (429, 503, "cut"):
        faults.next("PATCH /webhooks/*/messages/@original", status=status)
        await ask(discord, olav, news, "search", query=QUERY)
    faults.next("POST /interactions/*/callback", status=503, times=9)
    lost = await discord.slash(olav, news, "search", query=QUERY)
    await discord.until(lambda: len(discord.recorded(f"POST /interactions/{lost.id}/*")) >= 3, what="three tries")
    faults.orders.clear()
    await ask(discord, olav, news, "summarise", file=sample("radio.txt"))
    await bot.terminate()

    lines = [json.loads(line) for line in bot.said.splitlines()]
    tokens = {discord.token, *discord.state.interactions}
    assert {"DEBUG", "INFO", "WARNING"} <= {line["level"] for line in lines}
    for canary in (TEXT, NAME, QUERY, TITLE, PASTED, MESSAGE, BROKEN, ADDRESS, *tokens):
        assert canary.lower() not in bot.said.lower()


@pytest.mark.trust("operator-metrics")
async def test_no_canary_sings_in_the_metrics(discord, bot, port, guild, amina, news):
    await ask(discord, amina, news, "add", file=Attachment(f"{NAME}.txt", ARTICLE.encode()))
    await ask(discord, amina, news, "search", query=QUERY)

    said = (await get(port, "/metrics"))[1]

    assert 'verbatim_commands_total{command="search",outcome="answered"} 1.0' in said
    assert 'verbatim_uploads_total{format="txt",outcome="read"} 1.0' in said
    for canary in (TEXT, NAME, QUERY, "harbour watch", "amina", str(guild.id), str(amina.id), str(news.id)):
        assert canary.lower() not in said.lower()


async def test_it_is_ready_while_discord_is_there(discord, bot, faults, port):
    await settle_to(lambda: get(port, "/readyz"), 200)
    asked = await health(port)

    faults.next("GET /gateway*", status="cut", times=1000)
    await discord.gateway.drop()
    away = await settle_to(lambda: get(port, "/readyz"), 503)
    alive = await get(port, "/healthz")
    faults.orders.clear()

    assert asked == (0, "Ready.\n")
    assert not json.loads(away[1])["parts"]["discord"]["ok"]
    assert alive == (200, "alive\n")


async def test_health_says_what_is_missing_and_fails(verbatim, port):
    stopped = await health(port + 1)
    unset = await health("")
    wrong = await health("seven")

    assert [code for code, _ in (stopped, unset, wrong)] == [1, 1, 1]
    assert stopped[1].startswith("Nothing answers at METRICS_PORT=")
    assert unset[1].startswith("METRICS_PORT is not set")
    assert wrong[1].startswith("METRICS_PORT is not valid")
    assert all(told.count("\n") == 1 for _, told in (stopped, unset, wrong))


async def test_a_port_that_is_taken_ends_it_with_78(verbatim, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = verbatim(METRICS_PORT=str(taken.getsockname()[1]))
        await other.start()
        code = await other.ended()

    assert code == 78
    assert "cannot be used on 127.0.0.1" in other.said


async def health(port):
    """Return what `verbatim health` ends with, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "health"),
        env=environment(METRICS_PORT=str(port)),
        cwd="/",
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return process.returncode, told.decode()


async def get(port, path):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", timeout=aiohttp.ClientTimeout(5)) as answer,
    ):
        return answer.status, await answer.text()


async def settle_to(look, status):
    async with asyncio.timeout(80):
        while (found := await look())[0] != status:  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.05)
    return found
