"""A page as a row of blocks, and which of them are the article: its text, told by where most of the running text is."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from typing import Any

from summariser.ingest.dates import Dated, read_date_line
from summariser.ingest.furniture import name_element
from summariser.ingest.roles import Role, is_ambiguous, read_byline, recognise
from summariser.ingest.units import overlap

_HEADS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCK_TAGS = """
address amp-sidebar amp-user-notification article aside blockquote body caption center dd details dialog div dl dt
fieldset figcaption figure footer form header hr li main menu nav ol p pre section summary table tbody td tfoot th
thead tr ul button label amp-ad amp-embed legend option
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split()) | set(_HEADS)
_UNSEEN_TAGS = """
script style head title template noscript svg object iframe select textarea input rt audio video canvas map datalist
amp-img amp-video amp-analytics math
"""
_UNSEEN = frozenset(_UNSEEN_TAGS.split())
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_STOPS = frozenset(".!?…؟۔。:")
_CLOSERS = "\"'”’»)] "
# Running text has at least so many characters in a block that ends as a sentence does; without an end, so many.
_SENTENCE = 40
_LONG = 120
# An element that holds more of the page's running text than this is no furniture, whatever it is called.
_MOST_OF_PAGE = 0.5
# What is linked to this share is a link; a heading may be one to its own article.
_LINKED = 0.7
# A box with a form in it has at most this many characters beside the form's own.
_FORM_BOX = 400
# The region grows to an element further out that holds so much more running text.
_MORE = 0.5
_GROWTH = 3
# Of the running text, so much may stand above the headline.
_ABOVE_HEADLINE = 0.2
# A headline is the title that the page states if they share so much.
_SAME_TITLE = 0.5
# Ancestors that tell one kind of paragraph from another; deeper ones are told apart by their nearest alone.
_NEAREST = 8
# A headline is at most this long, in characters.
_LONGEST_HEADLINE = 250
_CELLS = frozenset({"td", "th"})
_INLINE = frozenset({"b", "i", "em", "strong", "span", "sup", "sub", "font", "br", "abbr", "p"})
# In these a time may be words among others.
_TEXTS = frozenset({"p", "li", "td", "dd", "blockquote", "a", "em", "strong", "b", "i", *_HEADS})
_JOINED = frozenset({"a", "span", "cite", "small"})
_LEAST_CELLS, _LONGEST_CELL = 2, 60
_BARS = " |"
_NUMBERS = re.compile(r"[\d_-]*\d+")
# So many lines around the article are looked at for what they are; a page has hundreds of links.
_MOST_RECOGNISED = 100
# What a heading announces that is no part of the article.
_ANNOUNCED = frozenset(
    {
        Role.COMMENTS,
        Role.COOKIES,
        Role.MAIL,
        Role.NAVIGATION,
        Role.NEWSLETTER,
        Role.RELATED,
        Role.SHARE,
        Role.SUBSCRIPTION,
    }
)
# A box of the article holds at most this share of its text.
_MOST_OF_BOX = 0.25
_MOST_BOXES = 50
# Lines right above the headline that may hold its date.
_ABOVE = 3


@dataclass(slots=True)
class Block:
    """Words that stand by themselves on the page."""

    words: str
    level: int
    """1 to 6 for a heading, else 0."""
    node: Any
    """The innermost block element that they stand in."""
    links: int
    """How many of the characters are links."""
    owners: tuple[int, ...]
    """The elements around it that may be furniture, by number, the outermost first."""
    role: Role | None = None

    @property
    def prose(self) -> int:
        """Return the characters of running text."""
        own = len(self.words) - self.links
        if own < _SENTENCE or self.level:
            return 0
        return own if own >= _LONG or self.words.rstrip(_CLOSERS)[-1:] in _STOPS else 0

    @property
    def is_link(self) -> bool:
        """Tell whether it is nothing but links."""
        return self.links >= _LINKED * len(self.words)


@dataclass(slots=True)
class _Walk:
    """What is known on the way through a page."""

    blocks: list[Block] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    links: int = 0
    """Characters of the line that are links."""
    path: list[Any] = field(default_factory=list)
    """The block elements that are open, the innermost last."""
    owners: tuple[int, ...] = ()
    owning: list[Any] = field(default_factory=list)
    """The elements of `owners`."""
    level: int = 0
    linked: int = 0
    """How many links are open."""
    row: Any = None
    """A row of a table of figures, whose cells stand on one line."""

    def flush(self) -> None:
        """End the block that is being gathered."""
        words = " ".join("".join(self.line).split()).strip(_BARS)
        if words:
            links = min(self.links, len(words))
            self.blocks.append(Block(words, self.level, self.path[-1] if self.path else None, links, self.owners))
        self.line.clear()
        self.links = 0

    def say(self, words: str | None) -> None:
        """Gather some words."""
        if words:
            self.line.append(words)
            if self.linked:
                self.links += len(" ".join(words.split()))


def read_blocks(tree: Any) -> tuple[list[Block], list[Role]]:  # noqa: ANN401  # lxml is untyped
    """Return the blocks that a page shows, in order, and what each of the elements that may be furniture would be.

    A page that shows nothing before its programs run is read with what it hides.
    """
    blocks, roles = _walk(tree, unhidden=False)
    return (blocks, roles) if any(block.prose for block in blocks) else _walk(tree, unhidden=True)


def _walk(tree: Any, *, unhidden: bool) -> tuple[list[Block], list[Role]]:  # noqa: ANN401  # lxml is untyped
    """Return the blocks of a tree and the roles of the elements that may be furniture."""
    from lxml import etree  # noqa: PLC0415  # loaded by our callers

    walk = _Walk()
    boxes = dict(_form_boxes(tree))
    context = etree.iterwalk(tree, events=("start", "end"))
    skipped = None
    for event, node in context:
        tag = node.tag
        if event == "end":
            if node is not skipped:
                _leave(walk, node, tag)
            walk.say(node.tail)
        elif (
            tag in _UNSEEN or not isinstance(tag, str) or _is_note_mark(node, tag) or not (unhidden or _is_shown(node))
        ):
            skipped = node
            context.skip_subtree()
        else:
            _enter(walk, node, tag, boxes)
            walk.say(node.text)
    walk.flush()
    return list(_with_terms(walk.blocks)), walk.roles


def _with_terms(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, each term of a list of definitions that ends with a colon on one line with what it defines."""
    term: Block | None = None
    for block in blocks:
        tag = block.node.tag if block.node is not None else ""
        if term is not None and tag == "dd" and len(block.words) <= _LONGEST_CELL:
            yield replace(block, words=f"{term.words} {block.words}", links=block.links + term.links)
            term = None
            continue
        if term is not None:
            yield term
        term = block if tag == "dt" and block.words.endswith((":", "：")) else None
        if term is None:
            yield block
    if term is not None:
        yield term


def _enter(walk: _Walk, node: Any, tag: str, boxes: dict[Any, Role]) -> None:  # noqa: ANN401  # lxml is untyped
    """Go into an element."""
    role = boxes.get(node) or _role(node, tag)
    parted = tag == "time" and _stands_alone(node)
    if tag in _JOINED and walk.line and _is_glued(walk.line[-1], node, tag):
        walk.line.append(" ")
    if tag in _CELLS and walk.row is not None:
        walk.line.append(" | ")
    elif tag in _BLOCKS or role is not None or parted:
        walk.flush()
        walk.path.append(node)
    elif tag == "br":
        walk.flush() if not walk.level else walk.line.append(" ")
    elif tag == "a":
        walk.linked += 1
    if tag in _HEADS:
        walk.level = _HEADS[tag]
    elif tag == "tr" and _is_row(node):
        walk.row = node
    if role is not None:
        walk.roles.append(role)
        walk.owners = (*walk.owners, len(walk.roles) - 1)
        walk.owning.append(node)


def _leave(walk: _Walk, node: Any, tag: str) -> None:  # noqa: ANN401  # lxml is untyped
    """Come out of an element: what it opened ends."""
    if walk.path and walk.path[-1] is node:
        walk.flush()
        walk.path.pop()
    if walk.owning and walk.owning[-1] is node:
        walk.owning.pop()
        walk.owners = walk.owners[:-1]
    if tag == "a":
        walk.linked -= 1
    elif tag in _HEADS:
        walk.level = 0
    elif tag == "tr" and node is walk.row:
        walk.row = None


def _stands_alone(time: Any) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether a time is a line of its own, and no words of a sentence."""
    parent = time.getparent()
    if parent is None or parent.tag not in _TEXTS:
        return True
    return len(parent) == 1 and not (parent.text or "").strip() and not (time.tail or "").strip()


def _is_glued(before: str, node: Any, tag: str) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether a link or a credit follows words without a space between them, as style sheets set them apart."""
    if before[-1:] in _STOPS:
        return True
    last = node.getprevious()
    return tag == "a" and last is not None and last.tag == "a" and not last.tail


def _role(node: Any, tag: str) -> Role | None:  # noqa: ANN401  # lxml is untyped
    """Return what an element may be besides its article."""
    attributes = node.attrib
    names, identity, aria = attributes.get("class", ""), attributes.get("id", ""), attributes.get("role", "")
    role = name_element(tag, names, identity, aria)
    parent = node.getparent()
    # The foot of a quotation says whose it is.
    quoted = tag == "footer" and parent is not None and parent.tag == "blockquote"
    return None if quoted else role


def _is_shown(node: Any) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether an element is not marked as one that is not to be shown."""
    attributes = node.attrib
    if not attributes:
        return True
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return False
    style = attributes.get("style")
    return style is None or HIDDEN.search(style) is None


def _is_note_mark(node: Any, tag: str) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether a button stands among the words of a paragraph, as those that open a note do."""
    parent = node.getparent() if tag in {"button", "label"} else None
    return parent is not None and parent.tag in {"p", "sup"}


def _is_row(row: Any) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether a row of a table holds figures and short words, and is no means of layout."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    beside = [one for one in (row.getprevious(), row.getnext()) if one is not None and one.tag == "tr"]
    if len(cells) < _LEAST_CELLS or not beside:
        return False
    plain = all(part.tag in _INLINE for cell in cells for part in cell.iterdescendants())
    return plain and all(len("".join(cell.itertext()).strip()) <= _LONGEST_CELL for cell in cells)


def _form_boxes(tree: Any) -> Iterator[tuple[Any, Role]]:  # noqa: ANN401  # lxml is untyped
    """Yield the boxes around small forms: what stands beside the field for an address asks for it."""
    seen = set()
    for form in tree.iter("form"):
        box = form.getparent()
        if box is None or box in seen or box.tag in {"body", "main", "article", "td"}:
            continue
        seen.add(box)
        lengths = accumulate(len(" ".join(words.split())) for words in box.itertext())
        if next((length for length in lengths if length > _FORM_BOX), None) is None and box.find(".//h1") is None:
            asks = form.find(".//textarea") is not None
            yield box, Role.COMMENTS if asks else Role.NEWSLETTER


def choose(blocks: Sequence[Block], roles: Sequence[Role], title: str | None) -> tuple[int, int]:
    """Give each block that is no part of the article its role, and return between which blocks the article stands.

    `title` is what the page states for machines, or its window's title.
    """
    headline = _headline(blocks, title)
    _settle_owners(blocks, roles, headline)
    body = [index for index, block in enumerate(blocks) if block.role is None and block.prose and not block.is_link]
    if not body:
        return 0, 0
    inside = set(_region(blocks, body).iter())
    held = [index for index in body if blocks[index].node in inside]
    within = [index for index, block in enumerate(blocks) if block.node in inside]
    start, end = within[0], within[-1] + 1
    first = _first_of_article(blocks, headline, start, held)
    if first is not None:
        start = first
    _mark_links(blocks, held[0])
    _mark_times(blocks)
    _mark_boxes(blocks, start, end)
    _mark_idle_headings(blocks, start, end)
    for index, block in enumerate(blocks):
        if block.role is None and not start <= index < end:
            block.role = Role.HEADER if index < start else Role.FOOTER
    return start, end


def _settle_owners(blocks: Sequence[Block], roles: Sequence[Role], headline: int | None) -> None:
    """Give each block the role of the outermost furniture around it; what holds the headline or most text is none."""
    held: Counter[int] = Counter()
    for block in blocks:
        for owner in block.owners:
            held[owner] += block.prose
    most = _MOST_OF_PAGE * sum(block.prose for block in blocks)
    own = frozenset(blocks[headline].owners if headline is not None else ())
    for block in blocks:
        role = next((roles[owner] for owner in block.owners if owner not in own and held[owner] <= most), None)
        # Where most of a page is called furniture, its captions and buttons still are.
        block.role = role


def _headline(blocks: Sequence[Block], title: str | None) -> int | None:
    """Return the block that is the title which the page states, or else the only heading of the first rank."""
    if title:
        shares = [(_share(block, title), bool(block.level), -index) for index, block in _short(blocks)]
        share, _, index = max(shares, default=(0.0, False, 0))
        if share >= _SAME_TITLE:
            return -index
    first = [index for index, block in enumerate(blocks) if block.level == 1]
    return first[0] if len(first) == 1 else None


def _share(block: Block, title: str) -> float:
    """Return how much of a title a block has; one that is no heading has all of it or nothing."""
    return overlap(block.words, title) if block.level else float(block.words.casefold() == title.casefold())


def _short(blocks: Sequence[Block]) -> Iterator[tuple[int, Block]]:
    """Yield the blocks that are short enough for a headline, and no links to elsewhere."""
    for index, block in enumerate(blocks):
        if len(block.words) <= _LONGEST_HEADLINE and (block.level or not block.links):
            yield index, block


def _region(blocks: Sequence[Block], body: Sequence[int]) -> Any:  # noqa: ANN401  # lxml is untyped
    """Return the element that holds the most running text of one kind, and little else."""
    kinds: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    paths = {index: _path(blocks[index].node) for index in body}
    for index in body:
        kinds[tuple(map(_kind, paths[index][:-1][-_NEAREST:]))].append(index)
    best = max(kinds.values(), key=lambda ones: sum(blocks[index].prose for index in ones))
    shared = [
        steps[0]
        for steps in takewhile(lambda steps: len(set(steps)) == 1, zip(*(paths[index] for index in best), strict=False))
    ]
    region = shared[-1]
    if len(best) == 1 and region.tag == "p" and len(shared) > 1:
        region = shared[-2]
    return _grown(blocks, body, paths, region)


def _grown(blocks: Sequence[Block], body: Sequence[int], paths: dict[int, list[Any]], region: Any) -> Any:  # noqa: ANN401  # lxml is untyped
    """Return an element a little further out where that holds much more of the text."""
    for outer in [*region.iterancestors()][:_GROWTH]:
        if outer.tag in {"body", "html"}:
            break
        own = sum(blocks[index].prose for index in body if region in paths[index])
        if sum(blocks[index].prose for index in body if outer in paths[index]) - own >= _MORE * own:
            region = outer
    return region


def _path(node: Any) -> list[Any]:  # noqa: ANN401  # lxml is untyped
    """Return an element behind those around it, the outermost first."""
    return [*reversed([*node.iterancestors()]), node]


def _kind(node: Any) -> str:  # noqa: ANN401  # lxml is untyped
    """Return what elements of one kind share: tag and first class, without the numbers in it."""
    names = node.get("class", "").split()
    return f"{node.tag}.{_NUMBERS.sub('', names[0])}" if names else str(node.tag)


def _first_of_article(blocks: Sequence[Block], headline: int | None, start: int, held: Sequence[int]) -> int | None:
    """Return the headline's block, with the date lines right above it; None where it stands below much of the text."""
    index = headline
    if index is None:
        heads = [at for at in range(held[0]) if blocks[at].level and blocks[at].role is None]
        index = heads[-1] if heads and heads[-1] < start else None
    if index is None:
        return None
    above = sum(blocks[at].prose for at in held if at < index)
    if above > _ABOVE_HEADLINE * sum(blocks[at].prose for at in held):
        return None
    for at in range(index - 1, max(-1, index - 1 - _ABOVE), -1):
        if blocks[at].role is None and read_date_line(blocks[at].words) is not None:
            index = at
    return index


def _mark_times(blocks: Sequence[Block]) -> None:
    """Mark the times that are no dates: `16.20`, `2 hours ago`."""
    for block in blocks:
        if block.role is None and block.node is not None and block.node.tag == "time":
            block.role = None if read_date_line(block.words) else Role.DATE


def _mark_links(blocks: Sequence[Block], first: int) -> None:
    """Mark what is nothing but links, and stands alone: a heading over text of its own may be one."""
    for index, block in enumerate(blocks):
        if block.role is not None or not block.is_link:
            continue
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.level and following is not None and not following.is_link:
            continue
        if index < first and (read_date_line(block.words) or read_byline(block.words)):
            continue
        block.role = Role.RELATED if index > first else Role.NAVIGATION


def _mark_boxes(blocks: Sequence[Block], start: int, end: int) -> None:
    """Mark the headings that announce links, comments and the like, and what stands in a small box below each."""
    written = sum(block.prose for block in blocks[start:end] if block.role is None)
    left = _MOST_BOXES
    for index in range(start + 1, end):
        block = blocks[index]
        role = recognise(block.words) if block.level > 1 and block.role is None else None
        if role not in _ANNOUNCED or is_ambiguous(block.words) or not left:
            continue
        left -= 1
        block.role = role
        box = block.node.getparent()
        inside = frozenset(box.iter()) if box is not None else frozenset()
        boxed = [one for one in blocks[index:end] if one.node in inside]
        if sum(one.prose for one in boxed) <= _MOST_OF_BOX * written:
            for one in boxed:
                one.role = one.role or role


def mark_dates(blocks: Sequence[Block], stated: Dated | None) -> None:
    """Mark the lines that hold nothing but the day which the page states for machines."""
    for block in blocks:
        if stated is None or stated.when is None or block.role is not None or block.level:
            continue
        line = read_date_line(block.words)
        if line is not None and line.date.when and not line.rest and line.date.when.date() == stated.when.date():
            block.role = Role.DATE


def _mark_idle_headings(blocks: Sequence[Block], start: int, end: int) -> None:
    """Mark the headings that stand over nothing but furniture."""
    below: Role | None = None
    kept = False
    for index in range(end - 1, start, -1):
        block = blocks[index]
        if block.level > 1 or (block.level and index > start):
            if block.role is None and not kept and below is not None:
                block.role = below
            kept, below = kept and block.role is None, below if block.role is not None else None
            kept = False
            continue
        kept = kept or block.role is None
        below = block.role or below


def tell(blocks: Sequence[Block]) -> Iterator[tuple[Role, str]]:
    """Yield what was left out, line by line in order; what stands together and is one thing comes together."""
    gathered: list[str] = []
    last: tuple[Role, tuple[int, ...]] | None = None
    for index, block in enumerate(blocks):
        role = block.role
        if role in {Role.HEADER, Role.FOOTER} and index < _MOST_RECOGNISED:
            role = recognise(block.words) or role
        own = (role, block.owners) if role is not None else None
        if own != last and last is not None:
            yield last[0], "\n".join(gathered)
            gathered.clear()
        if own is not None:
            gathered.append(block.words)
        last = own
    if last is not None:
        yield last[0], "\n".join(gathered)
