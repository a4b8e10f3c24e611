"""Sort the words of news articles into clusters by their neighbours, for `summariser/entities/clusters.txt`.

    python bench/make_clusters.py OUTPUT FILE.jsonl...

Each line of a file is an article with `title` and `text`, or a story with `title` and `docs`, which are articles. What
leaves the files is which words are used alike: counts of neighbours, weighed (positive pointwise mutual information),
flattened (truncated SVD) and parted twice (k-means), finely and coarsely. Same input, same output.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

HEADER = "# words of {articles} news articles by their neighbours: fine cluster, coarse cluster, words; made by {name}"
LEAST, NEIGHBOURS, DIMENSIONS, FINE, COARSE, ROUNDS = 4, 1500, 64, 600, 60, 25
TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+|[^\w\s]")


def articles(path):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        yield from story.get("docs") or [story]


def main(output, *paths):
    lines = []
    number = 0
    for path in paths:
        for article in articles(path):
            number += 1
            lines += [TOKEN.findall(line) for line in article["text"].replace("’", "'").splitlines() if line.strip()]
    counts = Counter(word for line in lines for word in line)
    words = sorted(word for word, count in counts.items() if count >= LEAST and word[0].isalpha())
    vectors = flatten(weigh(count_neighbours(lines, counts, words)))
    fine, centres = part(vectors, FINE)
    coarse, _ = part(centres, COARSE)
    groups = {}
    for word, cluster in zip(words, fine, strict=True):
        groups.setdefault(int(cluster), []).append(word)
    rows = [f"{cluster} {int(coarse[cluster])} {' '.join(group)}" for cluster, group in sorted(groups.items())]
    header = HEADER.format(articles=number, name="bench/make_clusters.py")
    Path(output).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def count_neighbours(lines, counts, words):
    """Return how often each word has each of the commonest words right before and right after it."""
    common = {word: index for index, (word, _) in enumerate(counts.most_common(NEIGHBOURS - 1))}
    known = {word: index for index, word in enumerate(words)}
    table = np.zeros((len(words), 2 * NEIGHBOURS), dtype=np.float32)
    edge = NEIGHBOURS - 1
    for line in lines:
        for at, word in enumerate(line):
            row = known.get(word)
            if row is None:
                continue
            before = common.get(line[at - 1]) if at else edge
            after = common.get(line[at + 1]) if at + 1 < len(line) else edge
            if before is not None:
                table[row, before] += 1
            if after is not None:
                table[row, NEIGHBOURS + after] += 1
    return table


def weigh(table):
    total = table.sum()
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True) ** 0.75
    columns *= total / columns.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        weighed = np.log(table * total / (rows * columns))
    return np.maximum(np.nan_to_num(weighed, neginf=0.0, posinf=0.0), 0.0)


def flatten(table):
    chance = np.random.default_rng(6)
    sketch = table @ chance.standard_normal((table.shape[1], DIMENSIONS + 16), dtype=np.float32)
    for _ in range(4):
        sketch, _ = np.linalg.qr(table @ (table.T @ np.linalg.qr(sketch)[0]))
    left, scale, _ = np.linalg.svd(sketch.T @ table, full_matrices=False)
    vectors = (sketch @ left)[:, :DIMENSIONS] * np.sqrt(scale[:DIMENSIONS])
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def part(vectors, size):
    """Part vectors of length one by direction; return each one's cluster and the clusters' centres."""
    chance = np.random.default_rng(6)
    centres = vectors[chance.choice(len(vectors), size, replace=False)]
    for _ in range(ROUNDS):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        for cluster in range(size):
            held = vectors[nearest == cluster]
            if len(held):
                centre = held.sum(axis=0)
                centres[cluster] = centre / max(float(np.linalg.norm(centre)), 1e-9)
    return np.argmax(vectors @ centres.T, axis=1), centres


if __name__ == "__main__":
    main(*sys.argv[1:])
