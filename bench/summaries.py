"""How good summaries and briefs are beside the first sentences and sumy's methods. Fails below a floor.

    python bench/summaries.py FOLDER [--only cnndm.dev,neus.dev] [--limit N]

FOLDER holds files of JSON lines, each read as what its lines turn out to be:
- an article: `text`, perhaps `title`, and `refs`, the summaries that people wrote (three sentences are asked for);
- a story: `docs`, which are articles, and `refs` (250 words; of very short articles 60);
- a question: `text`, `sents`, `importance` (what people's marks of each sentence add up to), `query` (three sentences).

Needs `pip install rouge-score`. Differences come with the 95 % interval of a paired bootstrap of 5000 resamples, every
contestant in the same run. Floors stand in summaries.floors.toml and only go up; with `--limit` they are not asked.
"""

import argparse
import json
import sys
import tomllib
from bisect import bisect_right
from functools import cache
from itertools import zip_longest
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from summariser import Article, brief, split_sentences, summarise
from summariser.errors import SummariserError
from summariser.methods import METHODS
from summariser.model import Span
from summariser.rank import classic

# sumy's methods as published: here they may show a sentence without the one that it leans on.
classic.take = lambda task, ranked: ranked[: task.wanted]

FLOORS = Path(__file__).with_name("summaries.floors.toml")
SENTENCES = 3
WORDS, FEW_WORDS = 250, 60
VERY_SHORT = 6
MOST_OF_ALL = 20
RESAMPLES = 5000
KINDS = ("rouge1", "rouge2", "rougeLsum")


def main():
    options = parse()
    floors = tomllib.loads(FLOORS.read_text("utf-8"))
    failed = []
    for path in sorted(Path(options.folder).glob("*.jsonl")):
        if options.only and path.stem not in options.only.split(","):
            continue
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()][: options.limit]
        measured = measure(path.stem, rows)
        if not options.limit:
            failed += below(path.stem, floors.get(path.stem, {}), measured)
    print(*failed, sep="\n")
    sys.exit(bool(failed))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--only")
    parser.add_argument("--limit", type=int)
    return parser.parse_args()


def measure(name, rows):
    """Print a set's table and return its figures by name."""
    if "docs" in rows[0]:
        return many(name, rows)
    return questions(name, rows) if "importance" in rows[0] else single(name, rows)


def single(name, rows):
    scores = {}
    for method in ("lead", *(method for method in METHODS if method != "lead")):
        scores[method] = np.array([rouge(row["refs"], one(row, method=method)) for row in rows])
    return table(f"{name}: {len(rows)} articles, {SENTENCES} sentences", scores, ours="verbatim", columns=KINDS)


def many(name, rows):
    usual = np.mean([len(split_sentences(doc["text"])) for row in rows for doc in row["docs"]])
    words = FEW_WORDS if usual < VERY_SHORT else WORDS
    contestants = {"lead": round_robin, "brief": briefed, "lexrank on the union": lexrank_of_all}
    scores = {
        method: np.array([rouge(row["refs"], write(row["docs"], words)) for row in rows])
        for method, write in contestants.items()
    }
    return table(f"{name}: {len(rows)} stories, {words} words", scores, ours="brief", columns=KINDS)


def questions(name, rows):
    rows = [row for row in rows if max(row["importance"])]
    asked = {
        "lead": {"method": "lead"},
        "verbatim": {"query": True},
        "verbatim without the query": {},
        "lexrank": {"method": "lexrank"},
    }
    scores = {method: np.array([[found(row, options)] for row in rows]) for method, options in asked.items()}
    figures = table(f"{name}: {len(rows)} questions", scores, ours="verbatim", columns=("importance",))
    briefs = {"lead": scores["lead"], "brief": np.array([[found(row, {"brief": True})] for row in rows])}
    asked_of_briefs = table(f"{name}: the same as a brief's topic", briefs, ours="brief", columns=("importance",))
    return figures | {f"a brief's {what}": figure for what, figure in asked_of_briefs.items()}


def one(row, **options):
    try:
        summary = summarise(row["text"], title=row.get("title"), sentences=SENTENCES, **options)
    except SummariserError:
        return ""
    return "\n".join(passage.text for passage in summary.passages)


def briefed(docs, words):
    articles = [Article(doc["text"], title=doc["title"]) for doc in docs]
    quotes = brief(articles, words=words).quotes
    assert all(quote.text == articles[quote.article].text[quote.start : quote.end] for quote in quotes)
    return "\n".join(quote.text for quote in quotes)


def round_robin(docs, words):
    """Take the articles' first sentences, then their second ones, until the words are used up."""
    chosen = []
    for turn in zip_longest(*([span.cut(doc["text"]) for span in split_sentences(doc["text"])] for doc in docs)):
        for sentence in filter(None, turn):
            words -= len(sentence.split())
            if words < 0:
                return "\n".join(chosen)
            chosen.append(sentence)
    return "\n".join(chosen)


def lexrank_of_all(docs, words):
    """Take as many of the best sentences of all articles in one as the words allow."""
    text = "\n\n".join(doc["text"] for doc in docs)

    def best(count):
        return [passage.text for passage in summarise(text, sentences=count, method="lexrank").passages]

    def length(count):
        return sum(len(sentence.split()) for sentence in best(count))

    fitting = bisect_right(range(1, MOST_OF_ALL), words, key=length)
    return "\n".join(best(fitting)) if fitting else ""


def found(row, options):
    """Return how much of the importance that three sentences can have was found, in per cent."""
    spans, at = [], 0
    for sentence in row["sents"]:
        at = row["text"].index(sentence, at)
        spans.append(Span(at, at := at + len(sentence)))
    importance = dict(zip([span.start for span in spans], row["importance"], strict=True))
    best = sum(sorted(row["importance"])[-SENTENCES:])
    return 100 * sum(importance[passage.start] for passage in _answered(row, options, spans)) / best


def _answered(row, options, spans):
    if "brief" in options:
        return brief([Article(row["text"])], topic=row["query"], sentences=SENTENCES, spans=[spans]).quotes
    query = {"query": row["query"]} if "query" in options else {}
    return summarise(row["text"], sentences=SENTENCES, spans=spans, **(options | query)).passages


@cache
def scorer():
    return RougeScorer(list(KINDS), use_stemmer=True)


def rouge(references, summary):
    scores = scorer().score_multi(references, summary)
    return tuple(100 * scores[kind].fmeasure for kind in KINDS)


def table(title, scores, *, ours, columns):
    """Print what each method scored, and how far ours is ahead of it; return what floors are set on."""
    print(
        f"\n{title}\n{'method':28}", *(f"{column:>10}" for column in columns), f"  {ours} ahead by [95 %]", flush=True
    )
    figures = {}
    for method, scored in scores.items():
        line = f"{method:28} " + " ".join(f"{mean:10.2f}" for mean in scored.mean(axis=0))
        for at, column in enumerate(columns[:2]):
            if method == ours:
                continue
            mean, low, high = interval(scores[ours][:, at] - scored[:, at])
            line += f"   {mean:+.2f} [{low:+.2f}, {high:+.2f}]"
            figures[f"{column} over {method}"] = mean
            figures[f"{column} over {method}, at least"] = low
        print(line, flush=True)
    return figures


def interval(differences):
    chance = np.random.default_rng(1)
    size = len(differences)
    means = [differences[chance.integers(size, size=size)].mean() for _ in range(RESAMPLES)]
    return differences.mean(), *np.percentile(means, [2.5, 97.5])


def below(name, floors, measured):
    """Return a line for each figure that is under its floor."""
    return [
        f"{name}: {what} is {measured[what]:.2f}, below its floor of {least}"
        for what, least in floors.items()
        if measured[what] < least
    ]


if __name__ == "__main__":
    main()
