"""Whether briefs repeat themselves, quote headings, or leave a source unnamed. Fails below a floor.

    python bench/briefs.py [--seeds FOLDER]

Briefs of eight sentences, without a topic and about the names that come up most, of bundles: the demo's samples with
reposts of each (one cut by a third, one under capitals and a by-line, one with other names), and by hand all files of
FOLDER. What is counted is found by other means than those that briefs are made by: by plain words and runs of words of
the texts. Floors stand in briefs.floors.toml, in per cent, and only go up.
"""

import argparse
import re
import sys
import tomllib
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from summariser import brief, read, split_sentences

FLOORS = Path(__file__).with_name("briefs.floors.toml")
SAMPLES = Path(__file__).parent.parent / "bot" / "samples"
SENTENCES = 8
TOPICS = 12
# Of the words of two sentences, so many in common: the same said twice.
TWICE = 0.8
# Of a quote's runs of three words, so many must stand in an article that is named beside it.
CARRIED = 0.6
ENDED = re.compile(r"[.!?…؟]['\"”’»)\]]*$")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds")
    options = parser.parse_args()
    floors = tomllib.loads(FLOORS.read_text("utf-8"))
    bundles = {"samples with reposts": with_reposts(read_folder(SAMPLES))}
    if options.seeds:
        bundles["seeds"] = read_folder(Path(options.seeds))
        bundles["seeds with reposts"] = with_reposts(bundles["seeds"])
    failed = []
    for name, articles in bundles.items():
        measured = measure(name, articles)
        failed += [
            f"{name}: {what} is {measured[what]:.1f} %, below its floor of {least}"
            for what, least in floors.items()
            if measured[what] < least
        ]
    print(*failed, sep="\n")
    sys.exit(bool(failed))


def read_folder(folder):
    """Return the articles of a folder's files."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".md", ".html"))
    return [article for path in files for article in read(path.read_bytes(), path.name).articles]


def with_reposts(articles):
    """Return the articles, each with the copies that sites make of one another."""
    return [copy for article in articles for copy in (article, cut(article), dressed(article), renamed(article))]


def cut(article):
    """Return a copy without every third sentence."""
    text = article.text
    for span in split_sentences(article.text)[2::3][::-1]:
        text = text[: span.start] + text[span.end :]
    return replace(article, text=text, source="Cut")


def dressed(article):
    """Return a copy under a headline in capitals and a by-line, with a heading and a request in it."""
    first, *rest = article.text.split("\n\n")
    lines = [(article.title or "News").upper(), "By Our Correspondent", first, "What happened next", *rest]
    return replace(article, text="\n\n".join([*lines, "Read more: The ten best of the week"]), source="Dressed")


def renamed(article):
    """Return a copy in which each sentence names another than before, where it names anybody: nobody carries those."""
    text = re.sub(r"(?<=[a-z] )[A-Z][a-z]{3,}", "Quibbleton", article.text)
    return replace(article, text=text, source="Renamed")


def measure(name, articles):
    """Print a bundle's line and return its figures, in per cent."""
    briefs = [brief(articles, topic=topic, sentences=SENTENCES).quotes for topic in (None, *topics(articles))]
    quotes = [quote for quotes in briefs for quote in quotes]
    pairs = [pair for quotes in briefs for pair in combinations(quotes, 2)]
    titles = {plain(article.title or "") for article in articles}
    texts = [plain(article.text) for article in articles]
    runs = [shingles(article.text) for article in articles]
    named = [(quote, other) for quote in quotes for other in quote.also]
    carried = [(quote, other) for quote in quotes for other, text in enumerate(texts) if plain(quote.text) in text]
    figures = {
        "pairs that say two things": share(pairs, lambda pair: alike(*pair) < TWICE),
        "quotes that are sentences": share(
            quotes, lambda quote: is_prose(quote.text) and plain(quote.text) not in titles
        ),
        "quotes that re-slice": share(
            quotes, lambda quote: articles[quote.article].text[quote.start : quote.end] == quote.text
        ),
        "carriers that are named": share(carried, lambda pair: pair[1] in {pair[0].article, *pair[0].also}),
        "named that are carriers": share(named, lambda pair: holds(runs[pair[1]], pair[0].text)),
    }
    print(f"{name}: {len(articles)} articles, {len(briefs)} briefs, {len(quotes)} quotes, {len(carried)} carriers")
    print(*(f"  {what:28}{figure:6.1f} %" for what, figure in figures.items()), sep="\n", flush=True)
    return figures


def topics(articles):
    """Return the names that come up in most articles."""
    names = Counter(
        name for article in articles for name in set(re.findall(r"(?<=[a-z] )[A-Z][a-z]{3,}", article.text))
    )
    return [name for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0]))[:TOPICS]]


def plain(text):
    """Return a text's words alone, in lower case, between blanks."""
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "


def shingles(text):
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def holds(runs, quote):
    asked = shingles(quote)
    return len(asked & runs) >= CARRIED * len(asked)


def alike(one, other):
    words, others = (set(re.findall(r"\w+", quote.text.casefold())) for quote in (one, other))
    return len(words & others) / len(words | others)


def is_prose(text):
    words = [word for word in re.findall(r"\w+", text) if len(word) > 3]
    return bool(ENDED.search(text)) and not text.isupper() and not (words and all(word[0].isupper() for word in words))


def share(things, holds_of):
    return 100 * sum(map(holds_of, things)) / len(things) if things else 100.0


if __name__ == "__main__":
    main()
