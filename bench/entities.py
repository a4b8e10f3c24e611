"""How well names are found (strict spans and types) and told apart (B-cubed), beside simpler ways. Fails below a floor.

    python bench/entities.py                         # our own reports that training never saw, our bundles: seconds
    python bench/entities.py --data FOLDER           # and `wikigold_test.conll`, `gum_news_test.conll`, GUM's aliases
    python bench/entities.py --data FOLDER --others  # and the model without our reports, trained on the spot (a minute)
    python bench/entities.py --set own --wrong       # tells what is wrong, name by name

The baselines: every stretch of capitals, a person; the gazetteers alone; the model without the passes over the whole
text. Floors stand in entities.floors.toml and only go up.
"""

import argparse
import resource
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

import pycrfsuite
import resolving
from labelled import REFERENCE, conll, own
from train_entities import SETTINGS, gather, read_sets, train

from summariser import find_mentions
from summariser.entities import tagging
from summariser.entities.features import describe, survey
from summariser.entities.gazetteer import BODIES, CALENDAR, CITIES, KNOWN_BODIES, PLACES
from summariser.entities.tokens import cut
from summariser.text import stop_words

HERE = Path(__file__).parent
FLOORS = HERE / "entities.floors.toml"
HELD = 0
TYPES = ("PER", "ORG", "LOC")
ROUNDS = 5


def main():
    options = parse()
    sets = load(options)
    ways = {"verbatim": ours, "the model alone": alone, "gazetteers": gazetteers, "capitals": capitals}
    if options.others:
        ways["verbatim without our reports"] = without_ours(options.data)
    floors = tomllib.loads(FLOORS.read_text("utf-8"))
    loading()
    below = [line for name, texts in sets.items() for line in show(name, texts, ways, floors.get(name, {}))]
    for text in sets.get(options.set, ()) if options.wrong else ():
        print(*wrong(text), sep="\n")
    for name, figures in resolving.show(options.data).items():
        below += under(name, figures, floors.get(name, {}))
    speed(sets["own"])
    sys.exit("\n".join(below) if below else None)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of sets that are not in the repository")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--set", default="own")
    parser.add_argument("--wrong", action="store_true", help="tell what is wrong in the set")
    return parser.parse_args()


def load(options):
    sets = {"own": [report for report in own() if report.fold == HELD]}
    sets["reference"] = [text for text in own(REFERENCE) if text.fold == HELD]
    for name in ("wikigold_test", "gum_news_test") if options.data else ():
        sets[name] = conll(options.data / f"{name}.conll")
    return sets


def ours(text):
    return {(mention.start, mention.end, str(mention.type)) for mention in find_mentions(text)}


def alone(text):
    sequences = list(cut(text))
    return {spread(sequences[one.sequence], one) for one in tagging.tag(sequences, survey(sequences))}


def spread(sequence, one):
    return sequence.starts[one.first], sequence.starts[one.last - 1] + len(sequence.words[one.last - 1]), str(one.type)


def stretches(text):
    """Yield the stretches of capitals, but for a sentence's first word where it's a common one."""
    idle = stop_words("en") | CALENDAR
    for sequence in cut(text):
        start = None
        for at, word in enumerate((*sequence.words, ".")):
            capital = word[0].isupper() and word.casefold() not in idle
            if capital and start is None:
                start = at
            elif not capital and start is not None:
                yield sequence, start, at
                start = None


def capitals(text):
    return {(s.starts[a], s.starts[b - 1] + len(s.words[b - 1]), "PER") for s, a, b in stretches(text)}


def gazetteers(text):
    found = set()
    for sequence, first, last in stretches(text):
        words = sequence.words[first:last]
        name = " ".join(words).casefold()
        kind = "LOC" if name in PLACES | CITIES else "ORG" if name in KNOWN_BODIES else "PER"
        if kind == "PER" and len(words) > 1 and any(word.casefold() in BODIES for word in words):
            kind = "ORG"
        if kind != "PER" or len(words) > 1:
            found.add((sequence.starts[first], sequence.starts[last - 1] + len(words[-1]), kind))
    return found


def without_ours(folder):
    """Return how names are found by a model that was trained on the sets alone."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.crfsuite"
        train(gather([], read_sets(folder)), path, SETTINGS)
        other = pycrfsuite.Tagger()
        other.open(str(path))

    def find(text):
        shipped, tagging.load = tagging.load, lambda: other
        try:
            return ours(text)
        finally:
            tagging.load = shipped

    return find


def show(name, texts, ways, floors):
    """Print one set's table; return a sentence for each figure below its floor."""
    print(f"\n{name}: {len(texts)} texts, {sum(len(text.names) for text in texts)} names")
    print("| way | precision | recall | F1 | PER | ORG | LOC |\n| --- | --- | --- | --- | --- | --- | --- |")
    below = []
    for way, find in ways.items():
        figures = score(texts, find)
        print(f"| {way} | {' | '.join(f'{figure:.1f}' for figure in figures.values())} |")
        if way == "verbatim":
            below = under(name, figures, floors)
    return below


def under(name, figures, floors):
    """Return a sentence for each figure below its floor."""
    return [f"{name}: {m} is {figures[m]:.1f}, under {floor}." for m, floor in floors.items() if figures[m] < floor]


def score(texts, find):
    hit, said, gold = Counter(), Counter(), Counter()
    for text in texts:
        found, names = find(text.text), set(text.names)
        for counter, group in ((hit, found & names), (said, found), (gold, names)):
            counter.update(kind for _, _, kind in group)
    figures = {
        "precision": 100 * hit.total() / max(said.total(), 1),
        "recall": 100 * hit.total() / max(gold.total(), 1),
    }
    figures["F1"] = 200 * hit.total() / max(said.total() + gold.total(), 1)
    return figures | {kind: 200 * hit[kind] / max(said[kind] + gold[kind], 1) for kind in TYPES}


def wrong(text):
    rules = {(m.start, m.end, str(m.type)): f"{m.rule} {m.confidence:.2f}" for m in find_mentions(text.text)}
    for start, end, kind in sorted(set(text.names) ^ rules.keys()):
        around = text.text[max(0, start - 30) : end + 20].replace("\n", " / ")
        mark = rules.get((start, end, kind))
        yield f"{'missed' if mark is None else 'not one'}: {kind} {text.text[start:end]!r} ({mark or ''}) in: {around}"


def loading():
    """Print what the first name of a process costs, apart from imports."""
    before, start = memory(), time.perf_counter()
    tagging.load()
    model = time.perf_counter() - start
    find_mentions("Amina Yusuf left.")
    whole = time.perf_counter() - start
    print(f"loading: model {1000 * model:.0f} ms, with tables {1000 * whole:.0f} ms, {memory() - before:.1f} MiB more")


def speed(texts):
    """Print how fast names are found beside bare tagging of the same tokens."""
    article = "\n".join(text.text for text in texts)
    tagger = tagging.load()
    sequences = list(cut(article))
    small = survey(sequences)
    words = sum(len(sequence.words) for sequence in sequences)
    features = [describe(sequence, small) for sequence in sequences]
    bare = least(lambda: [tagger.tag(one) for one in features])
    told = least(lambda: [tagger.tag(describe(one, small)) for one in sequences])
    whole = least(lambda: find_mentions(article))
    print("| what | words a second of processor time | find_mentions takes |\n| --- | --- | --- |")
    for what, seconds in (
        ("tagging, features at hand", bare),
        ("features and tagging", told),
        ("find_mentions", whole),
    ):
        print(f"| {what} | {words / seconds:.0f} | {whole / seconds:.2f} x |")


def least(act):
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
