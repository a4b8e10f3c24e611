"""How well files are read: articles, boiler-plate, titles, dates, sources, sentences, duplicates. Fails below a floor.

    python bench/reading.py                          # the project's own pages and bundles: a few seconds
    python bench/reading.py --data FOLDER            # and gold sentences and news articles that the repository lacks
    python bench/reading.py --set dev --wrong        # tells what is wrong, line by line; `held_out` stays unread

The pages stand in tests/summariser/data/reading, each beside what it should become: `drop` lists its boiler-plate,
`either` the lines that may stay or go; all other lines are the articles'. A start is right when an article begins
between the end of the one before and the first line of its head. Web pages stand in `html`: see webpages.py. FOLDER
may hold `sentences/golden_rules_en.json`,
`sentences/paragraphs.dev.json` and `background/*.jsonl`. Floors stand in reading.floors.toml and only go up.
"""

import argparse
import json
import random
import sys
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from nltk.tokenize.punkt import PunktSentenceTokenizer
from webpages import measure_webpages

from summariser.ingest import prepare
from summariser.model import Article, Document, Signature
from summariser.text import sign, split_sentences

HERE = Path(__file__).parent
PAGES = HERE.parent / "tests" / "summariser" / "data" / "reading"
FLOORS = HERE / "reading.floors.toml"
WEBPAGES = "html"
FACTS = ("title", "republished_title", "source", "author")
DROPPED_SHARE = 0.3
PAIRS = 1000
ROUNDS = 3
# Of the news articles that the repository lacks so many are read; longer ones, in paragraphs, get subheads.
ARTICLES = 400
LONG = 9


@dataclass(frozen=True, slots=True)
class Page:
    """A file and what it should become."""

    name: str
    lines: list[str]
    document: Document
    expected: dict


class Tally:
    """Counts by name, and what was wrong in words."""

    def __init__(self):
        self.counts = Counter()
        self.wrong = []

    def right(self, what, *, found, gold):
        """Count a set of things found beside those that there are."""
        self.counts[f"{what} hit"] += len(found & gold)
        self.counts[f"{what} found"] += len(found)
        self.counts[f"{what} gold"] += len(gold)

    def precision(self, what):
        return share(self.counts[f"{what} hit"], self.counts[f"{what} found"])

    def recall(self, what):
        return share(self.counts[f"{what} hit"], self.counts[f"{what} gold"])

    def f1(self, what):
        return share(2 * self.counts[f"{what} hit"], self.counts[f"{what} found"] + self.counts[f"{what} gold"])


def main():
    options = parse()
    floors = tomllib.loads(FLOORS.read_text("utf-8"))
    measured = {}
    for name in options.set.split(","):
        measured[name], wrong = measure_set(PAGES / name)
        rows, wrong_pages = measure_webpages(PAGES / name / WEBPAGES)
        measured |= {f"{name} web pages, {reader}": row for reader, row in rows.items()}
        print(*((*wrong, *wrong_pages) if options.wrong else ()), sep="\n")
    stories, events = background(options.data)
    measured["duplicates"] = measure_duplicates(fixture_stories() + stories, events)
    measured |= measure_news(options.data)
    measured |= measure_sentences(options.data)
    below = [line for name, row in measured.items() for line in show(name, row, floors.get(name, {}))]
    sys.exit("\n".join(below) if below else None)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of sets that are not in the repository")
    parser.add_argument("--set", default="dev,held_out")
    parser.add_argument("--wrong", action="store_true", help="tell what is wrong")
    return parser.parse_args()


def show(name, row, floors):
    """Print one table; return a sentence for each figure below its floor."""
    print(f"\n{name}\n| measure | figure | floor |\n| --- | --- | --- |")
    below = []
    for measure, figure in row.items():
        floor = floors.get(measure)
        print(f"| {measure} | {figure:.3f} | {'' if floor is None else floor} |".replace(".000 |", " |"))
        if floor is not None and figure < floor:
            below.append(f"{name}: {measure} is {figure:.3f}, below its floor of {floor}.")
    return below


def measure_set(folder):
    """Return the figures of a folder of pages, and what is wrong."""
    tally = Tally()
    pages = [load(path) for path in texts_in(folder)]
    for page in pages:
        score_starts(page, tally)
        score_lines(page, tally)
        score_facts(page, tally)
    counts = tally.counts
    row = {
        "files": len(pages),
        "starts F1": tally.f1("starts"),
        "applied splits precision": tally.precision("starts"),
        "applied or proposed splits recall": tally.recall("told"),
        "proposals precision": tally.precision("proposed"),
        "boiler-plate precision": tally.precision("lines"),
        "boiler-plate recall": tally.recall("lines"),
        "text lines kept": share(counts["kept"], counts["text"]),
        **{f"{fact} right": share(counts[f"{fact} right"], counts[f"{fact} all"]) for fact in FACTS},
        "dates right": share(counts["date right"], counts["date gold"]),
        "dates not wrong": 1 - share(counts["date wrong"], counts["date all"]),
        "date kinds right": share(counts["kind right"], counts["date right"]),
    }
    print(
        f"{folder.name}: dates {counts['date right']} right, {counts['date wrong']} wrong,"
        f" {counts['date missing']} missing;"
        f" splits {counts['starts hit']} right, {counts['starts found'] - counts['starts hit']} wrong,"
        f" {counts['starts gold'] - counts['starts hit']} missing"
    )
    return row, tally.wrong


def texts_in(folder):
    """Return the plain pages and bundles; web pages are measured in words, beside trafilatura."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".toml")
    return [path for path in files if path.parent.name != WEBPAGES]


def load(path):
    data = path.read_bytes()
    expected = tomllib.loads(path.with_suffix(".expected.toml").read_text("utf-8"))
    lines = [flat(line.lstrip("#")) if path.suffix == ".md" else flat(line) for line in data.decode().splitlines()]
    return Page(path.name, lines, prepare(data, path.name).document, expected)


def score_starts(page, tally):
    """Compare where articles after the first begin; each gold start is a stretch of lines."""
    gold = list(places(page.lines, [one["opens"] for one in page.expected["articles"]]))
    body = {flat(line) for line in (*page.expected.get("drop", ()), *page.expected.get("either", ()))}
    ranges = [range(first_after_text(page.lines, start, body), start + 2) for start in gold]
    found = list(places(page.lines, [opening(article) for article in page.document.articles]))[1:]
    proposed = list(places(page.lines, [opening_of(proposal) for proposal in page.document.proposals]))
    hits = {matching(start, ranges) for start in found}
    right = {index for index in hits if index > 0}
    wrong = sum(matching(start, ranges) < 0 for start in found)
    tally.right("starts", found=right | {-number for number in range(1, wrong + 1)}, gold=set(range(1, len(gold))))
    told = right | {index for start in proposed if (index := matching(start, ranges)) > 0}
    tally.right("told", found=told, gold=set(range(1, len(gold))))
    hit = {matching(start, ranges) for start in proposed}
    tally.counts["proposed hit"] += len(hit - {-1})
    tally.counts["proposed found"] += len(proposed)
    missing = sorted(set(range(1, len(gold))) - told)
    tally.wrong += [f"{page.name}: no start at {page.lines[gold[index]]!r}" for index in missing]
    tally.wrong += [f"{page.name}: wrong start at {page.lines[at]!r}" for at in found if matching(at, ranges) < 0]
    tally.wrong += [f"{page.name}: wrong proposal {page.lines[at]!r}" for at in proposed if matching(at, ranges) < 0]


def matching(start, ranges):
    """Return the index of the first range that holds a line, -1 without."""
    return next((index for index, lines in enumerate(ranges) if start in lines), -1)


def first_after_text(lines, start, furniture):
    """Return the first of the lines above a start that belong to no text."""
    while start and (not lines[start - 1] or lines[start - 1] in furniture):
        start -= 1
    return start


def opening(article: Article):
    return article.republished_title or article.title or article.text.split("\n")[0]


def opening_of(proposal):
    return proposal.title or ""


def places(lines, openings):
    """Yield the line of each opening, looked for below the one before."""
    at = 0
    for words in openings:
        wanted = flat(words)
        here = [number for number in range(at, len(lines)) if same_line(lines[number], wanted)]
        at = here[0] if here else at
        yield at
        at += bool(here)


def same_line(line, wanted):
    return (
        line == wanted
        or (len(wanted) > 20 and (line.startswith(wanted) or (wanted.startswith(line) and len(line) > 20)))
        or line.endswith(": " + wanted)
    )


def score_lines(page, tally):
    """Compare which lines were dropped; titles and `either` count for nothing."""
    kept = Counter(flat(line) for article in page.document.articles for line in article.text.split("\n"))
    titles = {flat(one[name]) for one in page.expected["articles"] for name in FACTS[:2] if name in one}
    ignored = titles | {flat(line) for line in page.expected.get("either", ())} | {""}
    furniture = Counter(flat(line) for line in page.expected.get("drop", ()))
    for line in page.lines:
        if line in ignored:
            continue
        boiler = furniture[line] > 0
        furniture[line] -= boiler
        dropped = kept[line] <= 0
        kept[line] -= not dropped
        tally.counts["lines gold"] += boiler
        tally.counts["lines found"] += dropped
        tally.counts["lines hit"] += boiler and dropped
        tally.counts["text"] += not boiler
        tally.counts["kept"] += not boiler and not dropped
        if boiler != dropped:
            tally.wrong.append(f"{page.name}: {'kept' if boiler else 'LOST'} {line!r}")


def score_facts(page, tally):
    """Compare what is printed about each article with what was read; a fact that is not listed is not printed."""
    articles = page.document.articles
    if len(articles) != len(page.expected["articles"]):
        found = dict(zip([flat(opening(one)) for one in articles], articles, strict=True))
        paired = [(found.get(flat(gold["opens"])), gold) for gold in page.expected["articles"]]
    else:
        paired = list(zip(articles, page.expected["articles"], strict=True))
    for article, gold in paired:
        for fact in FACTS:
            if gold.get(fact) is False:
                continue
            read = getattr(article, fact, None)
            right = article is not None and (flat(read) if read else None) == (
                flat(gold[fact]) if fact in gold else None
            )
            tally.counts[f"{fact} all"] += 1
            tally.counts[f"{fact} right"] += right
            if not right:
                tally.wrong.append(f"{page.name}: {fact} {read!r}, not {gold.get(fact)!r}")
        score_date(page, article, gold, tally)


def score_date(page, article, gold, tally):
    if gold.get("published") is False:
        return
    read, printed = getattr(article, "published", None), gold.get("published")
    verdict = "right" if read == printed else "missing" if read is None else "wrong"
    tally.counts["date gold"] += printed is not None
    tally.counts["date all"] += 1
    tally.counts[f"date {verdict}"] += verdict != "right" or printed is not None
    tally.counts["kind right"] += (
        printed is not None and verdict == "right" and article.published_kind == gold["published_kind"]
    )
    if verdict != "right":
        tally.wrong.append(f"{page.name}: date {read} is {verdict}, printed is {printed}")
    elif printed and article.published_kind != gold["published_kind"]:
        tally.wrong.append(f"{page.name}: kind {article.published_kind} for {gold['published_kind']}")


def fixture_stories():
    """Return the texts of the pages' articles, each story once."""
    told = {}
    for path in texts_in(PAGES):
        for article in load(path).document.articles:
            told.setdefault(article.title or article.text, article.text)
    return list(told.values())


def background(data):
    """Return news articles that the repository lacks, and accounts of one event by several outlets."""
    files = sorted((data / "background").glob("*.jsonl")) if data else []
    if not files:
        print("\nno --data FOLDER with background/*.jsonl: duplicates among the project's own pages alone")
    rows = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()[:600]]
    stories = [row["text"] for row in rows if "text" in row]
    return stories, [[account["text"] for account in row["docs"]] for row in rows if "docs" in row]


def measure_duplicates(stories, events):
    """Compare each story with itself less some sentences, pairs of different stories, and accounts of one event."""
    chance = random.Random(5)
    stories = list(dict.fromkeys(story for story in stories if len(split_sentences(story)) >= 4))
    started = time.perf_counter()
    signatures = [sign(story) for story in stories]
    seconds = time.perf_counter() - started
    shorter, both = ([sign(thinned(story, chance)) for story in stories] for _ in range(2))
    pairs = [Signature.alike(*chance.sample(signatures, 2)) for _ in range(20 * PAIRS)]
    signed = [[sign(account) for account in event] for event in events]
    accounts = [Signature.alike(*pair) for event in signed for pair in combinations(event, 2)]
    print(f"\nduplicates: {len(stories)} stories, {sum(map(len, stories)) / seconds / 2**20:.1f} MiB/s of signatures")
    row = {
        "recall with three in ten sentences dropped": share(hits(signatures, shorter), len(stories)),
        "recall with as many dropped of either": share(hits(both, shorter), len(stories)),
        "1000 pairs of different stories told apart": 1
        - sum(pair >= Signature.SAME_STORY for pair in pairs) / PAIRS / 20,
    }
    return row | ({"accounts of one event told apart": 1 - kept(accounts) / len(accounts)} if accounts else {})


def kept(pairs):
    """Count the pairs that pass for one story, but for those that are one word for word."""
    return sum(Signature.SAME_STORY <= pair < 0.99 for pair in pairs)


def hits(ones, others):
    """Count the pairs that are found: by a key that they share, as a database looks them up, and then weighed."""
    pairs = [(one, other) for one, other in zip(ones, others, strict=True) if set(one.keys) & set(other.keys)]
    return sum(one.alike(other) >= Signature.SAME_STORY for one, other in pairs)


def thinned(story, chance):
    sentences = [span.cut(story) for span in split_sentences(story)]
    spare = round(DROPPED_SHARE * len(sentences))
    gone = set(chance.sample(range(len(sentences)), spare))
    return " ".join(words for number, words in enumerate(sentences) if number not in gone)


def measure_news(data):
    """Return how real articles stay whole, with subheads too, and how files that only have headlines fall apart."""
    path = data / "background" / "bbc.background.jsonl" if data else None
    if path is None or not path.is_file():
        return {}
    chance = random.Random(4)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    chance.shuffle(rows)
    single = [(row["title"], [part for part in row["text"].split("\n\n") if part.strip()]) for row in rows]
    whole = sum(len(articles("\n\n".join([title, *parts]))) == 1 for title, parts in single[:ARTICLES])
    long = [(title, parts) for title, parts in single if len(parts) >= LONG]
    subheaded = sum(len(articles(with_subheads(title, parts, chance))) == 1 for title, parts in long)
    tally = Tally()
    for at in range(0, ARTICLES, 4):
        bundle = [
            (title, parts) for title, parts in single[at : at + 4] if sum(len(part.split()) for part in parts) > 60
        ]
        found = articles("\n\n".join("\n\n".join([title, *parts[:8]]) for title, parts in bundle))
        tally.right("starts", found={one.title for one in found[1:]}, gold={title for title, _ in bundle[1:]})
    return {
        "news": {
            "articles that stay whole": share(whole, ARTICLES),
            "articles with subheads that stay whole": share(subheaded, len(long)),
            "bundles with headlines alone: starts F1": tally.f1("starts"),
            "bundles with headlines alone: precision": tally.precision("starts"),
        }
    }


def articles(text):
    return prepare(text.encode(), "news.txt").document.articles


def with_subheads(title, parts, chance):
    """Put a subhead over every third or fourth paragraph, made of the words that it begins with."""
    every = chance.randint(3, 4)
    lines = [title]
    for number, part in enumerate(parts):
        if number and number % every == 0:
            lines.append(" ".join(part.split()[: chance.randint(4, 7)]).strip('.,;:"').capitalize())
        lines.append(part)
    return "\n\n".join(lines)


def measure_sentences(data):
    """Return rules kept, boundary F1 and speed beside stock Punkt; nothing without the data."""
    folder = data / "sentences" if data else None
    if folder is None or not folder.is_dir():
        print("\nno --data FOLDER with sentences/: the rows about sentences are left out")
        return {}
    rules = json.loads((folder / "golden_rules_en.json").read_text("utf-8"))
    kept = sum(cut(rule["text"]) == [words.strip() for words in rule["sentences"]] for rule in rules)
    row = {"golden rules kept": kept}
    sets = json.loads((folder / "paragraphs.dev.json").read_text("utf-8"))
    for name, paragraphs in sets.items():
        tally = Tally()
        for paragraph in paragraphs:
            text = paragraph["text"]
            found = {span.end for span in split_sentences(text, language="en")} - {len(text.rstrip())}
            tally.right("ends", found=found, gold=set(paragraph["ends"]) - {len(text), len(text.rstrip())})
        row[f"{name} boundary F1"] = tally.f1("ends")
    text = "\n\n".join(paragraph["text"] for paragraphs in sets.values() for paragraph in paragraphs)
    punkt = PunktSentenceTokenizer()
    theirs = per_second(lambda: len(list(punkt.span_tokenize(text))))
    ours = per_second(lambda: len(split_sentences(text, language="en")))
    ten = per_second(lambda: len(split_sentences(text * 10, language="en")))
    print(f"\nsentences/s: {ours:,.0f}, Punkt {theirs:,.0f}, on ten times the text {ten:,.0f}")
    row |= {"speed over Punkt's": ours / theirs, "speed on ten times the text": ten / ours}
    return {"sentences": row}


def cut(text):
    return [span.cut(text) for span in split_sentences(text, language="en")]


def per_second(count):
    best = 0.0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        number = count()
        best = max(best, number / (time.perf_counter() - started))
    return best


def share(part, whole):
    return part / whole if whole else 1.0


def flat(words):
    return " ".join(words.split())


if __name__ == "__main__":
    main()
