"""The real cogs, use cases and database, in a Discord that SimCord simulates."""

from itertools import count

import pytest
import pytest_asyncio
from simcord.env import Env

from bot.cogs import exchange
from bot.gateway import Gateway
from storage.base import NewExtraction, NewUpload, Scope
from summariser.model import Article, Span

ORIGINS = count(1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Wait no longer than the order of events needs."""
    monkeypatch.setattr(exchange, "PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(exchange, "PROGRESS_SECONDS", 0.2)


@pytest_asyncio.fixture(loop_scope="session")
async def env(services, storage):
    # Not `simcord.run`: its clock belongs to the context of one task, and a fixture ends in another than it began in.
    running = Env(Gateway(services, storage, shard_count=1), shard_count=1, settle_timeout=20)
    await running.start()
    yield running
    await running.shutdown()
    running.raise_errors()


@pytest.fixture
def guild(env):
    return env.create_guild("Harbour Watch")


@pytest.fixture
def news(guild):
    return guild.create_text_channel("news")


@pytest.fixture
def amina(env, guild):
    return guild.add_member(env.create_user("amina"))


@pytest.fixture
def tomas(env, guild):
    return guild.add_member(env.create_user("tomas"))


TITLE = "Salt works at Lagoa Branca reopen after nine years"
SENTENCES = (
    "The salt works at Lagoa Branca reopened on Monday after nine years of silence.",
    "“We have kept the pans in order all that time,” said the foreman, Edvaldo Nunes.",
    "Forty people have been hired, most of them from the two villages on the lagoon.",
    "The first harvest is expected in October if the dry season holds.",
    "Fishermen fear that brine will leak into the channel where they set their nets.",
    "The company has promised to publish the measurements of its wells each month.",
    "A ferry for the workers will run twice a day from Porto Velho da Lagoa.",
)


@pytest.fixture
def bring(storage, call):
    """Put an article into a guild's desk, as if somebody had brought it in a channel; return its id."""

    async def bring(guild, channel, member, *, title=TITLE, sentences=SENTENCES, audience=None):
        text = " ".join(sentences)
        starts = [text.index(sentence) for sentence in sentences]
        spans = tuple(Span(start, start + len(words)) for start, words in zip(starts, sentences, strict=True))
        article = Article(text, title=title, source="Diário da Costa")
        extraction = NewExtraction("test", 1, "txt", text, (article,), (spans,))
        upload = NewUpload(
            data=f"{title}{text}{channel.id}".encode(),
            filename="salt.txt",
            uploader_id=member.id,
            audience_id=audience or channel.id,
            channel_id=channel.id,
            origin_id=next(ORIGINS),
            attachment_id=1,
            created_at=call.now,
        )
        scope = Scope(guild.id, member.id, frozenset({upload.audience_id}))
        return (await storage.add(scope, upload, extraction)).article_ids[0]

    return bring
