"""Who is meant: how well mentions are joined, beside exact and token-set matching. `bench/entities.py` runs it."""

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bundles import Bundle, b_cubed, read_bundles

from summariser import find_mentions, resolve_entities
from summariser.entities import group
from summariser.model import Mention, MentionType

PAIRS = Path(__file__).parent / "ner" / "pairs.list"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of people, and whether they are one person's."""

    custom: str
    same: bool
    one: str
    other: str

    @property
    def is_held(self):
        """Whether it was set aside before the first line of the resolver was tried on the others: half, by the hash."""
        return hashlib.sha256((self.one + self.other).encode()).digest()[-1] % 2 == 1


def show(data):
    """Print all tables; return the figures that have floors, by table."""
    figures = {}
    sets = {"gum_alias": read_gum(data)} if data else {}
    sets |= {"bundles": read_bundles(held=False), "bundles held back": read_bundles(held=True)}
    sets["bundles, all"] = join(sets["bundles"], sets["bundles held back"])
    for name, bundle in sets.items():
        figures[name] = resolution(name, bundle)
    for name in ("bundles", "bundles held back", "bundles, all"):
        figures[f"{name}, end to end"] = end_to_end(name, sets[name])
    pairs = read_pairs()
    for name, some in (("pairs", pairs), ("pairs held back", [pair for pair in pairs if pair.is_held])):
        figures[name] = name_pairs(name, some)
    return figures


def read_gum(folder):
    """Return GUM's documents; what is linked to the same page is one."""
    documents, meant = [], {}
    for index, one in enumerate(json.loads((folder / "gum_alias_gold.json").read_text("utf-8"))["docs"]):
        text = one["text"]
        mentions = [Mention(m["start"], m["end"], MentionType(m["type"]), m["text"]) for m in one["mentions"]]
        documents.append((text, tuple(mentions)))
        meant |= {(index, mention["start"], mention["end"]): mention["entity"] for mention in one["mentions"]}
    return Bundle(tuple(documents), meant)


def read_pairs():
    pairs, custom = [], ""
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            custom = line.strip("[]")
        elif line[:1] in {"=", "!"}:
            one, other = (name.strip() for name in line[1:].split("|"))
            pairs.append(Pair(custom, line[0] == "=", one, other))
    return pairs


def join(one, other):
    """Return two bundles as one."""
    by = len(one.documents)
    moved = {(index + by, start, end): who for (index, start, end), who in other.meant.items()}
    return Bundle(one.documents + other.documents, one.meant | moved)


def resolution(name, bundle):
    print(f"\n{name}: {len(bundle.documents)} texts, {len(bundle.meant)} mentions, who is meant (gold mentions)")
    print("| way | precision | recall | B-cubed F | PER | ORG | LOC |\n| --- | --- | --- | --- | --- | --- | --- |")
    kinds = {
        (index, mention.start, mention.end): str(mention.type)
        for index, (_, mentions) in enumerate(bundle.documents)
        for mention in mentions
    }
    ways = {"verbatim": resolved(bundle.documents), "exact": exact(bundle), "token sets": token_sets(bundle)}
    for way, said in ways.items():
        row = [*b_cubed(bundle.meant, said), *(of_kind(bundle.meant, said, kinds, kind) for kind in MentionType)]
        print(f"| {way} | {' | '.join(f'{figure:.1f}' for figure in row)} |")
    if bundle.truly != bundle.meant:
        precision, recall, f = b_cubed(bundle.truly, ways["verbatim"])
        print(f"| verbatim, what is open counted as missed | {precision:.1f} | {recall:.1f} | {f:.1f} | | | |")
    return dict(zip(("P", "R", "F"), b_cubed(bundle.meant, ways["verbatim"]), strict=True))


def of_kind(meant, said, kinds, kind):
    return b_cubed({place: who for place, who in meant.items() if kinds[place] == kind}, said)[2]


def end_to_end(name, bundle):
    said = resolved([(text, find_mentions(text)) for text, _ in bundle.documents])
    precision, recall, f = b_cubed(bundle.meant, said)
    found = sum(place in said for place in bundle.meant)
    print(
        f"\n{name}, end to end: {found} of {len(bundle.meant)} mentions found, {len(said) - found} more that are none"
    )
    print(f"B-cubed: precision {precision:.1f}, recall {recall:.1f}, F {f:.1f}")
    return {"P": precision, "R": recall, "F": f}


def resolved(documents):
    return {place: number for number, one in enumerate(resolve_entities(documents)) for place in one.mentions}


def exact(bundle):
    return {
        (index, mention.start, mention.end): (mention.type, mention.surface.casefold())
        for index, (_, mentions) in enumerate(bundle.documents)
        for mention in mentions
    }


def token_sets(bundle):
    """Join what has all its words in another name of the same type, wherever that is written."""
    words = {label: frozenset(re.findall(r"\w+", label[1])) for label in exact(bundle).values()}
    head = {label: label for label in words}

    def find(label):
        while head[label] != label:
            label = head[label]
        return label

    shelves = defaultdict(list)
    for label, some in words.items():
        for word in some:
            shelves[label[0], word].append(label)
    for label, some in words.items():
        for other in shelves[label[0], min(some, default="")]:
            if some <= words[other]:
                head[find(label)] = find(other)
    return {place: find(label) for place, label in exact(bundle).items()}


def name_pairs(name, pairs):
    print(f"\n{name}: {len(pairs)} pairs of people's names, the same or not")
    print("| names | pairs | precision | recall |\n| --- | --- | --- | --- |")
    for custom in sorted({pair.custom for pair in pairs}):
        score([pair for pair in pairs if pair.custom == custom], custom, joins)
    figures = score(pairs, "**all**", joins)
    score(pairs, "exact", lambda pair: pair.one.casefold() == pair.other.casefold())
    score(
        pairs, "token sets", lambda pair: is_within(*(re.findall(r"\w+", n.casefold()) for n in (pair.one, pair.other)))
    )
    return figures


def joins(pair):
    return len(group([(MentionType.PER, pair.one, 1), (MentionType.PER, pair.other, 1)], ()).groups) == 1


def is_within(one, other):
    return set(one) <= set(other) or set(other) <= set(one)


def score(pairs, label, joined):
    said = [(pair.same, joined(pair)) for pair in pairs]
    right = sum(same and one for same, one in said)
    precision = 100 * right / max(sum(one for _, one in said), 1)
    recall = 100 * right / max(sum(same for same, _ in said), 1)
    print(f"| {label} | {len(pairs)} | {precision:.1f} | {recall:.1f} |")
    return {"P": precision, "R": recall}
