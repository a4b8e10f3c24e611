"""Count the documents that hold each stem, for `summariser/rank/frequencies.txt`.

    python bench/make_frequencies.py OUTPUT MOST_STEMS FILE.jsonl...

Each line of a file is an article with `title` and `text`, or a story with `title` and `docs`, which are articles. Only
counts leave the files, and the words that were counted in three documents or more.
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from summariser.rank.sentences import parts_of
from summariser.text import split_words, stem

HEADER = "# English stems in {documents} news articles: how many hold them, and as which words; made by {name}"
LEAST = 3


def articles(path):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        yield from story.get("docs") or [story]


def main(output, most, *paths):
    words, counts = Counter(), Counter()
    documents = 0
    for path in paths:
        for article in articles(path):
            said = split_words(f"{article['title'] or ''}\n{article['text']}")
            parts = {part for word in said for part in parts_of(word, "en")}
            words.update(parts)
            counts.update({stem(part, "en") for part in parts})
            documents += 1
    forms = defaultdict(list)
    for word in sorted(word for word, count in words.items() if count >= LEAST):
        forms[stem(word, "en")].append(word)
    kept = sorted((stem for stem, count in counts.most_common(int(most)) if count > 1), key=lambda s: (-counts[s], s))
    lines = [HEADER.format(documents=documents, name="bench/make_frequencies.py"), f"{documents} "]
    lines += [" ".join([str(counts[stem]), stem, *forms[stem]]) for stem in kept]
    Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
