"""What choosing weights on a set flatters them by: chosen on one half of it, judged on the other.

    python bench/halves.py FOLDER

FOLDER is that of bench/summaries.py. Each setting is measured on every story; then, for a hundred ways to halve a set,
the best on either half is judged on the other. What is printed is how far that is ahead of the first sentences, beside
the shipped setting on the same stories.
"""

import argparse
import json
from pathlib import Path
from unittest.mock import patch

import numpy as np
from summaries import FEW_WORDS, WORDS, briefed, found, rouge, round_robin

from summariser.rank import coverage, verbatim

WAYS = 100
BRIEFS = ({}, {"_COST": 0.3}, {"_COST": 0.7}, {"_LEAD": 1.0}, {"_LEAD": 3.0}, {"_ALONE": 0.2})
QUESTIONS = ({}, {"_QUERY": 1.5}, {"_QUERY": 6.0}, {"_POSITION": 0.8}, {"_POSITION": 1.6})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    folder = Path(parser.parse_args().folder)
    for name in ("aspectnews.eq_100_geo", "aspectnews.eq_100_rescue"):
        rows = [row for row in load(folder, name) if max(row["importance"])]
        base = np.array([found(row, {"method": "lead"}) for row in rows])
        tell(name, [gains(verbatim, one, rows, answer, base) for one in QUESTIONS])
    for name, words in (("neus.dev", FEW_WORDS), ("multinews.dev", WORDS)):
        rows = load(folder, name)
        base = np.array([rouge(row["refs"], round_robin(row["docs"], words))[0] for row in rows])
        write = {FEW_WORDS: few, WORDS: many}[words]
        tell(name, [gains(coverage, one, rows, write, base) for one in BRIEFS])


def load(folder, name):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


def answer(row):
    return found(row, {"query": True})


def few(row):
    return rouge(row["refs"], briefed(row["docs"], FEW_WORDS))[0]


def many(row):
    return rouge(row["refs"], briefed(row["docs"], WORDS))[0]


def gains(module, setting, rows, score, base):
    """Return how far each story is ahead of the first sentences under a setting."""
    with patch.multiple(module, **{"__doc__": module.__doc__, **setting}):
        return np.array([score(row) for row in rows]) - base


def tell(name, measured):
    """Print what the best of one half is worth on the other, over many ways to halve."""
    table = np.array(measured)
    chance = np.random.default_rng(1)
    judged, chosen = [], []
    for _ in range(WAYS):
        order = chance.permutation(table.shape[1])
        for here, there in (np.array_split(order, 2), np.array_split(order, 2)[::-1]):
            best = int(table[:, here].mean(axis=1).argmax())
            chosen.append(best)
            judged.append(table[best, there].mean())
    shipped = chosen.count(0) / len(chosen)
    print(f"{name}: shipped {table[0].mean():+.2f}, chosen on the other half {np.mean(judged):+.2f}", end="; ")
    print(f"each setting {table.mean(axis=1).round(2).tolist()}; the shipped one is chosen {shipped:.0%}", flush=True)


if __name__ == "__main__":
    main()
