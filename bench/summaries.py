"""How good summaries of one text are: ROUGE against people's, beside the first sentences and sumy's methods.

    python bench/summaries.py FILE.jsonl... [--limit N] [--methods verbatim,lead,lexrank] [--sentences 3]

Each line of a file is an article with `text`, perhaps `title`, and `refs`, the summaries that people wrote. Needs
`pip install rouge-score`; without it only the time is measured. Differences come with the 95 % interval of a paired
bootstrap.
"""

import argparse
import json
import random
import time
from pathlib import Path
from statistics import fmean

from summariser import summarise
from summariser.errors import SummariserError

try:
    from rouge_score.rouge_scorer import RougeScorer
except ImportError:  # then time is all there is to measure
    RougeScorer = None

RESAMPLES = 2000


def main():
    options = parse()
    for path in options.files:
        articles = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()][: options.limit]
        measured = {method: measure(articles, method, options.sentences) for method in options.methods.split(",")}
        print(f"\n{Path(path).name}: {len(articles)} articles, {options.sentences} sentences")
        print(f"{'method':10} {'R-1':>6} {'R-2':>6} {'R-L':>6} {'ms each':>8}   over lead: R-1 [95 %], R-2 [95 %]")
        for method, (scores, seconds) in measured.items():
            means = " ".join(f"{100 * fmean(column):6.2f}" for column in zip(*scores, strict=True))
            print(f"{method:10} {means} {1000 * seconds / len(articles):8.1f}   {against(scores, measured['lead'][0])}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--methods", default="lead,verbatim,lexrank")
    parser.add_argument("--sentences", type=int, default=3)
    return parser.parse_args()


def measure(articles, method, sentences):
    score = scorer()
    scores, seconds = [], 0.0
    for article in articles:
        started = time.process_time()
        summary = shown(article, method, sentences)
        seconds += time.process_time() - started
        scores.append(score(article["refs"], summary))
    return scores, seconds


def shown(article, method, sentences):
    try:
        summary = summarise(article["text"], title=article.get("title"), sentences=sentences, method=method)
    except SummariserError:
        return ""
    return "\n".join(passage.text for passage in summary.passages)


def scorer():
    if RougeScorer is None:
        return lambda *_: (0.0, 0.0, 0.0)
    rouge = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)

    def score(references, summary):
        found = rouge.score_multi(references, summary)
        return tuple(found[kind].fmeasure for kind in ("rouge1", "rouge2", "rougeLsum"))

    return score


def against(scores, baseline):
    return ", ".join(
        interval([100 * (s[kind] - b[kind]) for s, b in zip(scores, baseline, strict=True)]) for kind in (0, 1)
    )


def interval(differences):
    chance = random.Random(1)
    means = sorted(fmean(chance.choices(differences, k=len(differences))) for _ in range(RESAMPLES))
    return f"{fmean(differences):+.2f} [{means[RESAMPLES // 40]:+.2f}, {means[-RESAMPLES // 40]:+.2f}]"


if __name__ == "__main__":
    main()
