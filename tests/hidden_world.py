"""Two worlds that one person cannot tell apart: all that happened, and only what happened in sight.

The same steps are played twice, the second time without those that the person cannot see. Whatever is then asked in
that person's name must be answered alike in both, up to ids; and nothing of what is hidden may show, not even an id.
"""

import dataclasses
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from corpus_makers import NOON, File, reading

from storage.base import Drop, Edit, Heard, Merge, NewFeed, NewSchedule, NewUpload, Outcome, Scope, Split, Storage
from storage.errors import StorageError
from summariser.model import FeedEntry, Mention, MentionType, Named, Proposal
from summariser.text import sign

DESK, RIVAL = 5_000_000_000_000_001, 5_000_000_000_000_002
NEWS, TALK, ARCHIVE, THREAD, STRANGER = (6_000_000_000_000_001 + number for number in range(5))
ASKER = 7_000_000_000_000_001

# What everyone may read is read by the asker in public and in private; TALK in private alone.
PUBLIC = Scope(DESK, ASKER, frozenset({NEWS, DESK}))
PRIVATE = Scope(DESK, ASKER, frozenset({NEWS, TALK, DESK, ASKER}))

PLACES = (
    (DESK, NEWS),
    (DESK, TALK),
    (DESK, ARCHIVE),
    (DESK, THREAD),
    (DESK, STRANGER),
    (RIVAL, NEWS),
    (RIVAL, TALK),
)
_WORDS = ("harbour", "tram", "council", "frost", "bridge", "orchard")


def file_of(number: int) -> File:
    """Return a file of two articles, each with words of its own and words that all share."""
    return File(
        f"rare{number}name.txt",
        tuple(
            (
                f"Rare{number}{half}title {_WORDS[(number + place) % 6]}",
                (
                    f"The {_WORDS[number % 6]} of rare{number}{half}town was talked about.",
                    f"Rare{number}{half}person came to the {_WORDS[(number + 1) % 6]}.",
                    "Nobody else came at all.",
                ),
            )
            for place, half in enumerate("ab")
        ),
    )


FILES = tuple(file_of(number) for number in range(4))


@dataclass(frozen=True)
class Bring:
    """Somebody adds a file in a place."""

    place: int
    file: int


@dataclass(frozen=True)
class Correct:
    """Somebody who sees an upload, and these places, puts an article of it right."""

    upload: int
    """The number of the step that brought it."""
    also: frozenset[int]
    how: str


@dataclass(frozen=True)
class Withdraw:
    """The same person takes a correction back."""

    correction: int


@dataclass(frozen=True)
class Share:
    """Somebody lets the readers of another place see an upload."""

    upload: int
    place: int


@dataclass(frozen=True)
class Trash:
    """Somebody who sees an upload, and these places, removes it."""

    upload: int
    also: frozenset[int]


@dataclass(frozen=True)
class Restore:
    """The same person brings it back."""

    removal: int


Step = Bring | Correct | Withdraw | Share | Trash | Restore


@dataclass
class World:
    """A storage in which steps were played, and what they came to."""

    storage: Storage
    sees: Scope
    """Who must not find out which of the worlds it is."""
    bare: bool
    """Only what is in sight has happened."""
    uploads: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    """By the number of the step: who sees it, and its id."""
    corrections: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    removals: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    schedules: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    """By the number of the place that it posts in."""
    watches: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    """By the number of the place that it tells."""
    feeds: dict[int, tuple[Scope, int]] = field(default_factory=dict)
    """By the number of the place that it is for."""
    names: dict[int, str] = field(default_factory=dict)
    """What a reader would call each id in sight."""
    files: dict[int, int] = field(default_factory=dict)
    """By the number of the step: the file that it brought."""

    def ids(self, kind: str, steps: int) -> list[int]:
        """Return the id that each step made, of a kind; where it made none here, one that is nobody's."""
        made: dict[int, tuple[Scope, int]] = getattr(self, kind)
        return [made[number][1] if number in made else 10**17 + number for number in range(steps)]

    def shows(self, number: int) -> bool:
        """Tell whether the upload of a step is in sight."""
        scope = self.uploads[number][0]
        return scope.desk_id == self.sees.desk_id and bool(scope.audiences & self.sees.audiences)


async def play(storage: Storage, steps: Sequence[Step], sees: Scope, *, bare: bool) -> World:
    """Play the steps, or only those of them that are in sight; what cannot be done is passed over."""
    world = World(storage, sees, bare)
    for number, step in enumerate(steps):
        try:
            await _play(world, number, step)
        except StorageError:
            continue
    for place in range(len(PLACES)):
        if _happens(world, place):
            await _schedule(world, place)
            await _watch(world, place)
            await _follow(world, place)
    await find_names(storage)
    await name_ids(world)
    return world


async def _schedule(world: World, place: int) -> None:
    """Let something be posted in a place by schedule, and run once."""
    desk, audience = PLACES[place]
    maker = person(900 + place)
    scope = Scope(desk, maker, frozenset({audience}))
    new = NewSchedule(
        audience_id=audience,
        recipient_id=None,
        made_by=maker,
        made_at=NOON,
        kind="digest",
        name=f"Rareschedule{place}x",
        what={"topic": f"rareschedule{place}x"},
        timing={},
        place={"kind": "channel", "number": audience},
        next_slot="next",
        next_at=NOON,
    )
    made = await world.storage.make_schedule(scope, new)
    await world.storage.run_schedule(scope, made.schedule_id, slot="first", now=NOON)
    world.schedules[place] = scope, made.schedule_id


async def _watch(world: World, place: int) -> None:
    """Let something be watched for in a place, and be told once."""
    desk, audience = PLACES[place]
    maker = person(700 + place)
    scope = Scope(desk, maker, frozenset({audience}))
    new = NewSchedule(
        audience_id=audience,
        recipient_id=None,
        made_by=maker,
        made_at=NOON,
        kind="watch",
        name=f"Rarewatch{place}x",
        what={"about": {"query": f"rarewatch{place}x"}, "keys": [], "typed": ""},
        timing={},
        place={"kind": "channel", "number": audience},
        next_slot=None,
        next_at=None,
    )
    made = await world.storage.make_watch(scope, new, most_own=9, most=99)
    await world.storage.run_schedule(scope, made.schedule_id, slot="first", now=NOON)
    for one in await world.storage.claim_deliveries("me", now=NOON, lease=timedelta(minutes=1), limit=99):
        if one.schedule.schedule_id == made.schedule_id:
            sent = Outcome("sent", NOON + timedelta(minutes=place), message_id=place + 1)
            await world.storage.end_delivery(one.delivery, "me", sent, history=timedelta(days=1))
    await world.storage.give_back("me", now=NOON)
    world.watches[place] = scope, made.schedule_id


async def _follow(world: World, place: int) -> None:
    """Follow feeds for the readers of a place: one of its own, one that all follow, and one that few do."""
    desk, audience = PLACES[place]
    scope = Scope(desk, person(800 + place), frozenset({audience}))
    for kind, name in enumerate((f"rarefeed{place}x", "shared", *(["quiet"] if place > 1 else []))):
        url = f"https://{name}.example/feed"
        entry = FeedEntry(f"{name} 1", f"https://{name}.example/1", f"{name.title()} entry", None, None, "Words.", name)
        heard = Heard(NOON + timedelta(minutes=90 - place), url, 3600, f'"{place}"', None, name.title(), (entry,))
        new = NewFeed(url, audience, audience, scope.asker_id)
        now = NOON + timedelta(minutes=place)
        made = await world.storage.make_feed(scope, new, heard, now=now, first=1, most=99)
        world.feeds[place + len(PLACES) * kind] = scope, made.feed_id
        if in_sight(world.sees, PLACES[place]):
            (one,) = await world.storage.feed_entries(scope, made.feed_id)
            world.names[one.entry_id] = f"entry of {name} in {place}"


async def _play(world: World, number: int, step: Step) -> None:
    storage, now = world.storage, NOON + timedelta(minutes=number)
    match step:
        case Bring(place, file) if _happens(world, place):
            desk, audience = PLACES[place]
            scope = Scope(desk, person(number), frozenset({audience}))
            added = await storage.add(scope, upload_of(number, PLACES[place], FILES[file]), reading_of(FILES[file]))
            world.uploads[number], world.files[number] = (scope, added.upload_id), file
        case Correct(upload, also, how) if upload in world.uploads:
            scope = _widened(world, upload, also)
            for article in (await articles_of(storage, scope, world.uploads[upload][1]))[:1]:
                sentences = await storage.sentences(scope, article)
                # What is one sentence already cannot be split, which is told.
                correction = corrections_of(number, at=sentences[min(1, len(sentences) - 1)].start)[how]
                done = await storage.correct(scope, article, correction, made_by=person(number), now=now)
                world.corrections[number] = scope, done.correction_id
        case Withdraw(correction) if correction in world.corrections:
            scope, correction_id = world.corrections[correction]
            await storage.withdraw(scope, correction_id, now=now)
        case Share(upload, place) if upload in world.uploads and _happens(world, place):
            await _share(world, number, upload, PLACES[place])
        case Trash(upload, also) if upload in world.uploads:
            scope = _widened(world, upload, also)
            trashed = await storage.trash(scope, [world.uploads[upload][1]], removed_by=person(number), now=now)
            world.removals[number] = scope, trashed.removal_id
        case Restore(removal) if removal in world.removals:
            await storage.restore(*world.removals[removal])
        case _:
            pass


async def _share(world: World, number: int, upload: int, place: tuple[int, int]) -> None:
    """Share an upload within its desk; what is hidden stays so, or it would not be."""
    scope, upload_id = world.uploads[upload]
    if place[0] != scope.desk_id or (in_sight(world.sees, place) and not world.shows(upload)):
        return
    now = NOON + timedelta(minutes=number)
    for article in (await articles_of(world.storage, scope, upload_id))[:1]:
        shared = await world.storage.share(scope, article, audience_id=place[1], origin_id=10**15 + number, now=now)
        world.uploads[number] = replace(scope, audiences=frozenset({place[1]})), shared.upload_id
        world.files[number] = world.files[upload]


def _happens(world: World, place: int) -> bool:
    return not world.bare or in_sight(world.sees, PLACES[place])


def _widened(world: World, upload: int, also: frozenset[int]) -> Scope:
    """Return the scope of somebody who sees an upload, and these places as well.

    Who works on what is hidden sees only what is hidden: what else they did would be in sight.
    """
    scope = world.uploads[upload][0]
    further = {PLACES[place] for place in also}
    fitting = {audience for desk, audience in further if desk == scope.desk_id}
    if not world.shows(upload):
        fitting = {audience for audience in fitting if not in_sight(world.sees, (scope.desk_id, audience))}
    return replace(scope, audiences=scope.audiences | fitting)


async def name_ids(world: World) -> None:
    """Note what a reader calls what is in sight; old names of an article stay known."""
    for number, (_, upload_id) in world.uploads.items():
        if not world.shows(number):
            continue
        world.names[upload_id] = f"upload {number}"
        whole = Scope(world.sees.desk_id, ASKER, None)
        for ordinal, article_id in enumerate(await articles_of(world.storage, whole, upload_id)):
            world.names.setdefault(article_id, f"article {ordinal} of {number}")
    for number, (_, correction_id) in world.corrections.items():
        world.names[correction_id] = f"correction {number}"
    for number, (_, removal_id) in world.removals.items():
        world.names[removal_id] = f"removal {number}"
    for number, (_, schedule_id) in world.schedules.items():
        if in_sight(world.sees, PLACES[number]):
            world.names[schedule_id] = f"schedule {number}"
    for number, (_, feed_id) in world.feeds.items():
        if in_sight(world.sees, PLACES[number % len(PLACES)]):
            world.names[feed_id] = f"feed {number}"


def in_sight(sees: Scope, place: tuple[int, int]) -> bool:
    """Tell whether what is brought to a place is seen."""
    return place[0] == sees.desk_id and place[1] in sees.audiences


def person(number: int) -> int:
    """Return who does a step: somebody who does nothing else."""
    return 7_100_000_000_000_000 + number


def message(number: int) -> int:
    """Return the message that brings an upload."""
    return 8_000_000_000_000_000 + number


def upload_of(number: int, place: tuple[int, int], file: File) -> NewUpload:
    """Return an upload as somebody brings it in a step: with a name and an address that nothing else has."""
    return NewUpload(
        data=file.data,
        filename=f"rareupload{number}.txt",
        uploader_id=ASKER if number % 5 == 1 and in_sight(PUBLIC, place) else person(number),
        audience_id=place[1],
        channel_id=place[1],
        origin_id=message(number),
        attachment_id=1,
        created_at=NOON + timedelta(minutes=number),
        message_id=message(number),
        url=f"https://rare{number}site.example/x" if number % 2 else None,
    )


def reading_of(file: File) -> Any:
    """Return what reading makes of a file: each article has a source and a date of its own."""
    made = reading(file)
    number = FILES.index(file)
    articles = tuple(
        replace(article, source=f"Rare{number}{half}source", published=NOON - timedelta(days=10 * number + place))
        for place, (article, half) in enumerate(zip(made.articles, "ab", strict=True))
    )
    # Without the words that nothing else has, they are copies of each other: what is out of sight would be told of.
    signatures = tuple(sign(re.sub(r"(?i)rare\d[ab]", "", article.text)) for article in articles)
    first = made.sentences[0]
    proposals = (Proposal(0, first[0].end, first[1].start),)
    names = tuple(who_is_named(article.text) for article in articles)
    return replace(made, articles=articles, signatures=signatures, proposals=proposals, names=names)


NAME_KEYS = ("person", "town", "thing")
_NAMES = re.compile(rf"(?i)(?P<PER>rare\d[ab]person)|(?P<LOC>rare\d[ab]town)|(?P<ORG>{'|'.join(_WORDS)})")


def who_is_named(text: str) -> tuple[Named, ...]:
    """Return the names in a text: some that nothing else has, and some that all share."""
    found = []
    for hit in _NAMES.finditer(text):
        kind = MentionType(str(hit.lastgroup))
        key = NAME_KEYS[("PER", "LOC", "ORG").index(kind)]
        found.append(Named(Mention(hit.start(), hit.end(), kind, hit[0]), hit[0].title(), (key,)))
    return tuple(found)


async def find_names(storage: Storage) -> None:
    """Find the names that are still to be found, as the program does in the background."""
    while waiting := await storage.unnamed():
        for one in waiting:
            await storage.keep_names(one, who_is_named(one.text))


def corrections_of(number: int, *, at: int) -> dict[str, Any]:
    """Return what may be put right, each with words that nothing else has."""
    return {
        "title": Edit({"title": f"Rare{number}corrected harbour"}),
        "source": Edit({"source": f"Rare{number}newsource"}),
        "split": Split(at=at, title=f"Rare{number}split tram"),
        "merge": Merge(),
        "drop": Drop(),
    }


async def articles_of(storage: Storage, scope: Scope, upload_id: int) -> list[int]:
    """Return the articles of an upload, as they are called now."""
    found = await storage.uploads(scope, [upload_id])
    return [head.article_id for upload in found for head in upload.articles]


def hidden_words(steps: Sequence[Step], whole: World, bare: World) -> set[str]:
    """Return the words, names, addresses and numbers that stand in nothing that is in sight."""
    brought = {number: step for number, step in enumerate(steps) if isinstance(step, Bring)}
    shown = {step.file for number, step in brought.items() if number in bare.uploads}
    words = {f"rare{file}{half}" for file in range(len(FILES)) if file not in shown for half in "ab"}
    words |= {f"rare{file}name" for file in range(len(FILES)) if file not in shown}
    for number in brought.keys() - bare.uploads.keys():
        words |= {f"rareupload{number}.", f"rare{number}site", str(message(number)), str(person(number))}
    for number in whole.corrections.keys() - bare.corrections.keys():
        words |= {f"rare{number}corrected", f"rare{number}newsource", f"rare{number}split", str(person(number))}
    for made, also in (
        (whole.uploads, bare.uploads),
        (whole.corrections, bare.corrections),
        (whole.removals, bare.removals),
        (whole.schedules, bare.schedules),
        (whole.watches, bare.watches),
        (whole.feeds, bare.feeds),
    ):
        words |= {str(made[number][1]) for number in made.keys() - also.keys()}
    words |= {f"rarefeed{place}x" for place in whole.feeds.keys() - bare.feeds.keys() if place < len(PLACES)}
    words |= {f"rarewatch{place}x" for place in whole.watches.keys() - bare.watches.keys()}
    words |= {f"rareschedule{place}x" for place in whole.schedules.keys() - bare.schedules.keys()}
    return words | {str(channel) for desk, channel in PLACES if not in_sight(whole.sees, (DESK, channel))}


# An id, and not a part of a hash.
_NUMBER = re.compile(r"(?<![0-9a-f])\d{12,}(?![0-9a-f])")


def told(value: Any, world: World) -> Any:
    """Return an answer as a reader would tell it: ids by what they stand for, everything else as it is."""
    strange: dict[str, str] = {}

    def name(hit: re.Match[str]) -> str:
        number = int(hit[0])
        return world.names.get(number) or strange.setdefault(hit[0], f"number {len(strange) + 1}")

    def tell(value: Any) -> Any:
        if isinstance(value, BaseException):
            return (type(value).__name__, _NUMBER.sub(name, str(value)))
        if dataclasses.is_dataclass(value):
            fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
            return {"": type(value).__name__} | {key: tell(each) for key, each in fields.items()}
        if isinstance(value, dict):
            return {tell(key): tell(each) for key, each in value.items()}
        if isinstance(value, set | frozenset):
            return sorted(map(tell, value), key=repr)
        if isinstance(value, list | tuple):
            return [tell(each) for each in value]
        if isinstance(value, datetime | Enum | bool | None):
            return value if not isinstance(value, datetime) else value.isoformat()
        return _NUMBER.sub(name, value if isinstance(value, str) else repr(value))

    return tell(value)


async def outcome(ask: Callable[[], Awaitable[Any]], *errors: type[Exception]) -> Any:
    """Return what comes back, or the error that is raised."""
    try:
        return await ask()
    except errors as error:
        return error
