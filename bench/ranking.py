"""How long ranking takes beside sumy's LexRank, and how much memory: CPU time of the same texts in one run.

    python bench/ranking.py [--small] [--rounds 5]

The texts are made of words that the shipped table knows, as often as Zipf's law has them, so that nothing has to be
fetched. Both sides get the same sentences; LexRank gets sumy's own stemmer and stop words.
"""

import argparse
import random
import time
import tracemalloc

from sumy.nlp.stemmers import Stemmer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer

from summariser import split_sentences, summarise
from summariser.rank.frequencies import shipped_stems
from summariser.text import split_words, stop_words

SIZES = (30, 300, 1000, 3000)
SLOW = 1000  # sentences; beyond it LexRank takes minutes


class Tokenizer:
    """What sumy asks for, by our rules."""

    def to_sentences(self, text):
        return tuple(span.cut(text) for span in split_sentences(text, language="en"))

    def to_words(self, sentence):
        return split_words(sentence)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sizes = SIZES[:2] if options.small else SIZES
    lexrank = LexRankSummarizer(Stemmer("english"))
    lexrank.stop_words = stop_words("en")
    quick(text_of(10, seed=0)), slow(lexrank, text_of(10, seed=0))  # what is loaded once
    print(f"{'sentences':>9} {'first (ms)':>10} {'again (ms)':>10} {'LexRank (ms)':>12} {'first':>7} {'again':>7}")
    spent = {}
    for size in sizes:
        text = text_of(size, seed=size)
        first = seconds(quick, text)
        again = spent[size] = min(seconds(quick, text) for _ in range(options.rounds))
        beside = seconds(slow, lexrank, text) if size <= SLOW else float("nan")
        times = f"{1000 * first:10.1f} {1000 * again:10.1f} {1000 * beside:12.1f}"
        print(f"{size:9} {times} {beside / first:6.1f}x {beside / again:6.1f}x", flush=True)
    print(f"time({sizes[-1]}) / time({sizes[1]}): {spent[sizes[-1]] / spent[sizes[1]]:.1f}")
    print(f"memory for {sizes[-1]} sentences: {peak(text_of(sizes[-1], seed=1)):.1f} MiB")


def text_of(size, *, seed):
    """Make a text of so many sentences of 10 to 35 words; a third of them stop words, as in news."""
    chance = random.Random(seed)
    content, idle = sorted(shipped_stems()), sorted(stop_words("en"))
    chance.shuffle(content)
    weights = [1 / (rank + 5) for rank in range(len(content))]
    sentences = []
    for _ in range(size):
        words = chance.choices(content, weights, k=chance.randint(7, 24))
        words[1:1] = chance.choices(idle, k=len(words) // 2)
        sentences.append(" ".join(words).capitalize() + ".")
    return " ".join(sentences)


def quick(text):
    summarise(text, sentences=5)


def slow(lexrank, text):
    lexrank(PlaintextParser.from_string(text, Tokenizer()).document, 5)


def seconds(function, *arguments):
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


def peak(text):
    tracemalloc.start()
    quick(text)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used / 2**20


if __name__ == "__main__":
    main()
