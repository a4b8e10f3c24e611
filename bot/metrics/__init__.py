"""What is counted and timed while the bot runs: what the rooms may say of it, whoever listens.

`Metrics` keeps nothing, and is what every room gets where nobody asks; `bot.metrics.prometheus` keeps it for a scrape.
No label ever carries what a person wrote, whose id it is, or more values than can be listed in docs/operating.md.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

__all__ = ["SILENT", "Metrics"]


class Metrics:
    """What there is to say; this one listens and forgets."""

    def command(self, name: str, outcome: str, *, acked: float | None, seconds: float) -> None:
        """Note an interaction: what was used, how it ended, when it was acknowledged, how long it took in all."""

    def suggested(self, outcome: str, *, seconds: float) -> None:
        """Note suggestions made while somebody typed."""

    def upload(self, form: str, outcome: str, *, size: int) -> None:
        """Note something that was brought: what it proved to be, whether it was read, and how many bytes it had."""

    def work(self, kind: str, outcome: str, *, seconds: float) -> None:
        """Note a job of a worker process, with its wait."""

    def worker(self, event: str) -> None:
        """Note that a worker, or the process that they are forked from, was started or ended."""

    def due(self, kind: str) -> None:
        """Note a delivery that is taken up for the first time."""

    def delivery(self, kind: str, outcome: str, *, delay: float | None = None, late: bool = False) -> None:
        """Note how an attempt to deliver ended, and how long after its time what was sent has arrived."""

    def poll(self, outcome: str) -> None:
        """Note a poll of a feed."""

    def gateway(self, event: str) -> None:
        """Note something that happened to the connection with Discord."""

    def request(self, status: int, *, scope: str | None = None) -> None:
        """Note an answer of Discord's API; `scope` is whose limit was reached where it is a 429."""

    def transaction(self, _manner: str) -> AbstractContextManager[None]:
        """Surround a transaction that reads or writes, with its wait for a connection, and note how it went."""
        return nullcontext()

    def lag(self, seconds: float, *, computed: float) -> None:
        """Note by how much the event loop was late, and for how long it had computed meanwhile."""

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Have something read off whenever somebody asks; see `bot.metrics.prometheus` for the names."""


SILENT = Metrics()
