"""Count the documents that hold each stem, for `summariser/rank/frequencies.txt`.

    python bench/make_frequencies.py OUTPUT MOST_STEMS FILE.jsonl...

Each line of a file is an article with `title` and `text`, or a story with `title` and `docs`, which are articles. Only
counts leave the files.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from summariser.rank.sentences import content_of

HEADER = "# document frequencies of English stems in {documents} news articles; made by bench/make_frequencies.py"


def articles(path):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        yield from story.get("docs") or [story]


def main(output, most, *paths):
    counts = Counter()
    documents = 0
    for path in paths:
        for article in articles(path):
            counts.update(set(content_of(f"{article['title'] or ''}\n{article['text']}", "en")))
            documents += 1
    kept = sorted((stem for stem, count in counts.most_common(int(most)) if count > 1), key=lambda s: (-counts[s], s))
    lines = [HEADER.format(documents=documents), f"{documents} ", *(f"{counts[stem]} {stem}" for stem in kept)]
    Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
