"""The first minute with Verbatim: bring articles in, sum them up, look where words stand and what came when."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.console.parsing import quoted
from bot.console.session import Session
from bot.render import terminal
from bot.services import Services
from bot.services.errors import explain
from bot.services.replies import Code, Form, Inline, Reply, Tone

SAMPLES = Path(__file__).parent.parent / "samples"
"""An affair on an invented island, as seven invented outlets told it."""

_SUMMARISE = "summaries.summarise"
# A sentence as somebody might pass it on, with a figure that an inquiry put right.
_QUOTE = (
    '/quote text:"The dredger lay 400 metres outside her ground, and the island was without its cable for nine days."'
)
# /add takes so many files at once.
_AT_ONCE = 5


async def show_samples(services: Services, console: Console) -> int:
    """Walk through the bundled samples; return the exit code."""
    demo = _Demo(Session(services, folder=SAMPLES), console)
    names = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md", ".html"))
    demo.say(
        f"Verbatim answers only with sentences that stand in what you give it. Here are {len(names)} sample files, "
        "read in memory: nothing is kept, and nothing leaves this machine."
    )
    for first in range(0, len(names), _AT_ONCE):
        await demo.type(_add(names[first : first + _AT_ONCE]), controls=False)
    await demo.type('/summarise article:"Inquiry finds three small mistakes" sentences:4')
    await demo.type("open 2")
    await demo.type("/brief topic:cable sentences:3", controls=False)
    await demo.type(_QUOTE, controls=False)
    await demo.type('/timeline topic:buoy since:"14 March 2024" until:"31 March 2024"', controls=False)
    await demo.type('/search query:\'buoy OR "harbour master"\' until:"10 March 2024"')
    await demo.type('/article edit article:"Tuna auction" source:"Saltwind Bulletin"')
    demo.next_steps()
    return demo.code


async def show_files(services: Services, paths: Sequence[str], console: Console) -> int:
    """Walk through somebody's own files; return the exit code, 1 if one of them could not be read."""
    demo = _Demo(Session(services), console)
    opened = False
    for path in paths:
        receipt = await demo.type(_add([path]))
        first = demo.summary_control() if receipt else None
        if first is None:
            continue
        summary = await demo.type(str(first))
        if summary and not opened:
            opened = await demo.type("open 1") is not None
    demo.next_steps()
    return demo.code


class _Demo:
    """Types commands and shows what comes back."""

    def __init__(self, session: Session, console: Console) -> None:
        self._session = session
        self._console = console
        self.code = 0

    async def type(self, line: str, *, controls: bool = True) -> Reply | None:
        """Show a line as it is typed and its answer; return the answer unless the line failed.

        Controls are shown where the next line uses one.
        """
        terminal.show(self._console, terminal.typed(line))
        try:
            answer = await self._session.answer(line)
        except Exception as error:
            why = explain(error)
            if why is None:
                raise
            self._failed(why)
            return None
        if isinstance(answer, Form):
            self._failed(str(self._session.needs_prompt(line, answer)))
            return None
        self.code = self.code or int(answer.tone in (Tone.WARNING, Tone.ERROR))
        terminal.show(self._console, terminal.paint(answer, terminal.number(answer) if controls else None))
        return answer

    def say(self, *words: Inline) -> None:
        """Print a paragraph of the demo's own."""
        terminal.show(self._console, terminal.flow(*words))

    def summary_control(self) -> int | None:
        """Return the number that sums up the first article of the last receipt, if it had one."""
        found = (press.number for press in self._session.controls.presses if press.request.name == _SUMMARISE)
        return next(found, None)

    def next_steps(self) -> None:
        """Say where to go from here."""
        self.say("That was the demo. What next:")
        self._console.print(terminal.bullets(_NEXT))

    def _failed(self, why: str) -> None:
        self.code = 1
        terminal.show(self._console, terminal.trouble(why))


_NEXT: tuple[tuple[Inline, ...], ...] = (
    (Code("verbatim demo article.txt page.html"), " – the same with files of yours"),
    (Code("verbatim console"), " – stay, ask more, and keep what you add"),
    (Code("verbatim run"), " – go online with Discord; the README says how, in numbered steps"),
)


def _add(names: Sequence[str]) -> str:
    """Return the command that brings these files in."""
    options = (f"file{place if place > 1 else ''}:{quoted(name)}" for place, name in enumerate(names, 1))
    return " ".join(["/add", *options])
