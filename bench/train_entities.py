"""Train the recogniser that is shipped: `summariser/entities/model.crfsuite` and, beside it, what it was made from.

    python bench/train_entities.py FOLDER                 # four minutes; FOLDER holds the sets below
    python bench/train_entities.py FOLDER --output DIR   # writes elsewhere, to compare with what is shipped

The sets are WikiGold and GUM in CoNLL's columns (both CC BY), our own news in bench/ner, and our own texts from works
of reference in bench/ner/reference. Of our own the parts held back by `--held` (a fifth, by the hash of the text) are
left out.
"""

import argparse
import hashlib
import json
import random
from importlib.metadata import version
from pathlib import Path

import pycrfsuite
from labelled import OWN, REFERENCE, Labelled, conll, own

from summariser.entities.features import describe, survey
from summariser.entities.gazetteer import CITIES, GIVEN, PLACES, TITLES
from summariser.entities.tokens import cut

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "summariser" / "entities"
# How often each is learnt from: encyclopaedias, GUM, our own texts of that kind, our own news as it is, and with other
# names in it.
SETS = {"wikigold_train.conll": 3, "gum_ccby.conll": 1}
OURS_OF_REFERENCE, OURS, RECAST = 2, 3, 6
SETTINGS = {"c1": 0.4, "c2": 0.01, "max_iterations": 100, "feature.possible_transitions": True, "feature.minfreq": 2}
ATTRIBUTION = {
    "wikigold_train.conll": "WikiGold, Balasuriya et al. 2009, CC BY 4.0",
    "gum_ccby.conll": "GUM (news, interview, academic, court), Zeldes 2017, CC BY 4.0 and 2.5",
}


def main():
    options = parse()
    output = options.output or SHIPPED
    held = {int(fold) for fold in options.held.split(",")}
    reports, others = ([one for one in own(folder) if one.fold not in held] for folder in (OWN, REFERENCE))
    texts = gather(reports, read_sets(options.folder), others)
    train(texts, output / "model.crfsuite", SETTINGS | {"max_iterations": options.rounds})
    record(options.folder, output, held, options.rounds)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--held", default="0", help="parts of our own news that are left out, of 0 to 4")
    parser.add_argument("--rounds", type=int, default=SETTINGS["max_iterations"])
    return parser.parse_args()


def read_sets(folder):
    return [(text, times) for name, times in SETS.items() for text in conll(folder / name)]


def gather(reports, others, works=()):
    """Return the texts to learn from with how often each: our reports also with other names in their places."""
    pool = Pool(reports + [text for text, _ in others])
    texts = [(tidy(text), times) for text, times in others] + [(report, OURS) for report in reports]
    texts += [(work, OURS_OF_REFERENCE) for work in works]
    chance = random.Random(6)
    return texts + [(pool.recast(report, chance), 1) for report in reports for _ in range(RECAST)]


def tidy(text):
    """Take titles off people's names, and leave out the lines whose people are phrases, which GUM marks whole."""
    names = [shorten(text.text, name) for name in text.names]
    odd = {text.text.count("\n", 0, a) for a, b, kind in names if kind == "PER" and is_phrase(text.text[a:b])}
    if not odd:
        return Labelled(text.text, tuple(names))
    kept, moved, at = [], [], 0
    for number, line in enumerate(text.text.split("\n")):
        if number not in odd:
            by = sum(len(one) + 1 for one in kept) - at
            moved += [(a + by, b + by, kind) for a, b, kind in names if at <= a < at + len(line)]
            kept.append(line)
        at += len(line) + 1
    return Labelled("\n".join(kept), tuple(moved))


def shorten(text, name):
    start, end, kind = name
    while kind == "PER" and " " in text[start:end]:
        first = text[start:end].split(" ")[0]
        if first.casefold().rstrip(".") not in TITLES:
            break
        start += len(first) + 1
    return start, end, kind


def is_phrase(surface):
    words = surface.split(" ")
    return not any(word[:1].isupper() for word in words) or bool({"of", "the", "'s", "and", "for"} & set(words))


class Pool:
    """Names to set in the places of others, so that the model learns what stands around a name and not the name."""

    def __init__(self, texts):
        names = [(text.text[a:b], kind) for text in texts for a, b, kind in text.names]
        people = [name.split(" ") for name, kind in names if kind == "PER" and name.istitle()]
        self.places = sorted({name for name, kind in names if kind == "LOC" and name[0].isupper()} | CAPITALISED)
        self.bodies = sorted({name for name, kind in names if kind == "ORG" and not name.isupper()})
        self.acronyms = sorted({name for name, kind in names if kind == "ORG" and name.isupper()})
        self.given = sorted({name[0] for name in people if len(name) > 1} | {name.title() for name in GIVEN})
        self.surnames = sorted({name[-1] for name in people if len(name) > 1})

    def recast(self, report, chance):
        """Return a report with other names, the same one for the same throughout."""
        text, names, last, known = "", [], 0, {}
        for start, end, kind in report.names:
            new = self.other(report.text[start:end], kind, known, chance)
            text += report.text[last:start]
            names.append((len(text), len(text) + len(new), kind))
            text += new
            last = end
        return Labelled(text + report.text[last:], tuple(names))

    def other(self, name, kind, known, chance):
        if kind == "PER":
            words = name.split(" ")
            return " ".join(
                self.person(word, len(words) > 1 and at == 0, known, chance) for at, word in enumerate(words)
            )
        if (name, kind) not in known:
            pool = self.places if kind == "LOC" else self.acronyms if name.isupper() else self.bodies
            new = chance.choice(pool) if chance.random() < 0.7 else name
            known[name, kind] = new.upper() if kind == "LOC" and name.isupper() and len(name) > 3 else new
        return known[name, kind]

    def person(self, word, given, known, chance):
        """Return another name for one word of a person's, its article and its small words kept."""
        article, dash, rest = word.rpartition("-") if word[:3].lower() in {"al-", "el-"} else ("", "", word)
        if not rest[:1].isupper() or rest in {"Al", "Abu", "Bin", "Umm"}:
            return word
        if rest not in known:
            known[rest] = chance.choice(self.given if given else self.surnames)
        return article + dash + known[rest].rpartition("-")[2] if dash else known[rest]


CAPITALISED = {
    " ".join(word.capitalize() for word in place.split())
    for place in CITIES | PLACES
    if len(place) > 4 and "." not in place
}


def train(texts, path, settings):
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs", "crf1d")
    trainer.set_params(settings)
    for text, times in texts:
        sequences = list(cut(text.text))
        small = survey(sequences)
        for sequence in sequences:
            features, labels = pycrfsuite.ItemSequence(describe(sequence, small)), label(sequence, text.names)
            for _ in range(times):
                trainer.append(features, labels)
    trainer.train(str(path))


def label(sequence, names):
    """Return each token's label: O, S- for a name of one token, B-, I- and E- for one of several, overlap deciding."""
    within = [
        next((name for name in names if name[0] < start + len(word) and start < name[1]), None)
        for word, start in zip(sequence.words, sequence.starts, strict=True)
    ]
    labels = []
    for at, name in enumerate(within):
        opens, shuts = at == 0 or within[at - 1] != name, at + 1 == len(within) or within[at + 1] != name
        place = "S" if opens and shuts else "B" if opens else "E" if shuts else "I"
        labels.append("O" if name is None else f"{place}-{name[2]}")
    return labels


def record(folder, output, held, rounds):
    """Write beside the model what it was made from."""
    sources = {name: folder / name for name in SETS}
    sources |= {f"bench/ner/{path.relative_to(OWN)}": path for path in sorted(OWN.glob("*.txt"))}
    sources |= {f"bench/ner/{path.relative_to(OWN)}": path for path in sorted(REFERENCE.glob("*.txt"))}
    sources["summariser/entities/clusters.txt"] = SHIPPED / "clusters.txt"
    facts = {
        "made_by": "python bench/train_entities.py FOLDER",
        "python-crfsuite": version("python-crfsuite"),
        "settings": SETTINGS | {"max_iterations": rounds},
        "times": SETS | {"bench/ner/reference": OURS_OF_REFERENCE, "bench/ner": OURS, "bench/ner, recast": RECAST},
        "held_back_fifths_of_bench/ner": sorted(held),
        "attribution": ATTRIBUTION,
        "sha256": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sources.items()},
        "model_sha256": hashlib.sha256((output / "model.crfsuite").read_bytes()).hexdigest(),
    }
    (output / "model.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
