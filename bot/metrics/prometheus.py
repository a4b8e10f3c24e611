"""Metrics as Prometheus reads them. The one door of prometheus_client, and loaded only where METRICS_PORT is set."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import Metrics
from storage.errors import BusyError, FailedDatabaseError, FullError

# Seconds. An acknowledgement counts within three, an answer within fifteen minutes.
_QUICK = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
_GAPS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_WAITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DELAYS = (1.0, 2.5, 5.0, 15.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 86400.0)

GAUGES = {
    "work_waiting": "Jobs that wait for a worker process.",
    "work_running": "Jobs that worker processes are at.",
    "workers": "Worker processes that live, those that stand by included.",
    "gateway_shards": "Shards that this process serves.",
    "gateway_shards_connected": "Shards of this process that are connected.",
    "gateway_latency_seconds": "The longest heartbeat round trip among the connected shards.",
    "guilds": "Servers that this process serves.",
    "database_waiting": "Transactions under way or waiting for a connection.",
}
"""What is read off at each scrape, without `verbatim_`."""

# What no declared value looks like is somebody's own words, and is not let in.
_LABEL = re.compile(r"[a-z0-9][a-z0-9 _-]{0,39}")
_OTHER = "other"
_MOST_VALUES = 100
"""Values of one label: commands are the most, about sixty."""


class Prometheus(Metrics):
    """Keeps the metrics, in a registry of its own."""

    def __init__(self) -> None:
        # A second series for each first: when it was begun.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self._registry = CollectorRegistry()
        self._values: dict[str, set[str]] = {}
        self._under_way = 0
        ProcessCollector(registry=self._registry)
        info = self._new(Gauge, "build_info", "The version that runs; always 1.", ("version",))
        info.labels(version=version("verbatim-desk")).set(1)
        self._tell_commands()
        self._tell_work()
        self._tell_schedules()
        self._tell_discord()
        self._tell_database()
        self.gauge("database_waiting", lambda: self._under_way)
        self._begin_at_nothing()

    def text(self) -> tuple[bytes, str]:
        """Return everything as a scrape wants it, and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def names(self) -> dict[str, str]:
        """Return the name of each metric, as it is scraped, with what it tells."""
        found = {}
        for family in self._registry.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            found[name] = family.documentation
        return found

    def command(self, name: str, outcome: str, *, acked: float | None, seconds: float) -> None:
        """Note an interaction."""
        name = self._bounded("command", name)
        self._commands.labels(name, self._bounded("outcome", outcome)).inc()
        self._answers.labels(name).observe(seconds)
        if outcome == "failed":
            self._bugs.inc()
        if acked is not None:
            self._acks.observe(acked)

    def suggested(self, outcome: str, *, seconds: float) -> None:
        """Note suggestions."""
        self._suggestions.labels(self._bounded("outcome", outcome)).observe(seconds)

    def upload(self, form: str, outcome: str, *, size: int) -> None:
        """Note something that was brought."""
        form = self._bounded("format", form)
        self._uploads.labels(form, self._bounded("outcome", outcome)).inc()
        self._bytes.labels(form).inc(size)

    def work(self, kind: str, outcome: str, *, seconds: float) -> None:
        """Note a job."""
        kind = self._bounded("work", kind)
        self._jobs.labels(kind, self._bounded("outcome", outcome)).inc()
        self._job_seconds.labels(kind).observe(seconds)

    def worker(self, event: str) -> None:
        """Note a start or an end."""
        self._worker_events.labels(self._bounded("event", event)).inc()

    def due(self, kind: str) -> None:
        """Note a delivery that is taken up."""
        self._due.labels(self._bounded("kind", kind)).inc()

    def delivery(self, kind: str, outcome: str, *, delay: float | None = None, late: bool = False) -> None:
        """Note how a delivery went."""
        kind = self._bounded("kind", kind)
        self._deliveries.labels(kind, self._bounded("outcome", outcome)).inc()
        if late:
            self._late.labels(kind).inc()
        if delay is not None:
            self._delays.labels(kind).observe(max(delay, 0.0))

    def poll(self, outcome: str) -> None:
        """Note a poll."""
        self._polls.labels(self._bounded("outcome", outcome)).inc()

    def gateway(self, event: str) -> None:
        """Note something of the gateway's."""
        self._gateway_events.labels(self._bounded("event", event)).inc()

    def request(self, status: int, *, scope: str | None = None) -> None:
        """Note an answer of Discord's API."""
        shown = "429" if status == 429 else f"{status // 100}xx"
        self._requests.labels(shown if 100 <= status < 600 else _OTHER).inc()
        if scope is not None:
            self._limits.labels(scope if scope in {"user", "global", "shared"} else _OTHER).inc()

    @contextmanager
    def transaction(self, manner: str) -> Iterator[None]:
        """Surround a transaction."""
        manner, outcome, began = self._bounded("manner", manner), "done", time.perf_counter()
        self._under_way += 1
        try:
            yield
        except BusyError:
            outcome = "busy"
            raise
        except (FullError, FailedDatabaseError):
            outcome = "failed"
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self._under_way -= 1
            self._transactions.labels(manner, outcome).inc()
            self._transaction_seconds.labels(manner).observe(time.perf_counter() - began)

    def lag(self, seconds: float, *, computed: float) -> None:
        """Note a gap of the event loop."""
        self._lag.observe(max(seconds, 0.0))
        self._computed.observe(computed)

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Have something read off at each scrape; a second time replaces the first.

        Raises:
            KeyError: `GAUGES` does not have it.
        """
        self._read_off[name].set_function(read)

    def _begin_at_nothing(self) -> None:
        """Show what alerts ask for before it has happened, so that the first time counts as a rise."""
        for kind in ("digest", "feed", "watch"):
            for outcome in ("sent", "skipped", "put off", "failed"):
                self._deliveries.labels(kind, self._bounded("outcome", outcome))
            self._due.labels(self._bounded("kind", kind))
            self._late.labels(kind)
        for outcome in ("heard", "unchanged", "failed"):
            self._polls.labels(self._bounded("outcome", outcome))
        for scope in ("user", "global", "shared"):
            self._limits.labels(scope)
        for event in ("started", "parent started", "out of memory", "too slow", "killed by the system", "crashed"):
            self._worker_events.labels(self._bounded("event", event))
        for manner in ("read", "write"):
            for outcome in ("done", "busy", "failed", "cancelled"):
                self._transactions.labels(self._bounded("manner", manner), outcome)

    def _tell_commands(self) -> None:
        self._commands = self._new(
            Counter, "commands", "Interactions, by command and by how they ended.", ("command", "outcome")
        )
        self._bugs = self._new(Counter, "bugs", "Interactions that ended in a bug.")
        self._acks = self._new(Histogram, "ack_seconds", "From an interaction to its acknowledgement.", (), _QUICK)
        self._answers = self._new(
            Histogram, "answer_seconds", "From an interaction to the end of its answer.", ("command",), _SLOW
        )
        self._suggestions = self._new(
            Histogram, "suggestion_seconds", "Suggestions while somebody types.", ("outcome",), _QUICK
        )
        self._uploads = self._new(
            Counter,
            "uploads",
            "What was brought, by what it proved to be and whether it was read.",
            ("format", "outcome"),
        )
        self._bytes = self._new(Counter, "upload_bytes", "Bytes of what was brought.", ("format",))

    def _tell_work(self) -> None:
        self._jobs = self._new(Counter, "work", "Jobs of worker processes, by how they ended.", ("kind", "outcome"))
        self._job_seconds = self._new(
            Histogram, "work_seconds", "A job of a worker process, with its wait.", ("kind",), _SLOW
        )
        self._worker_events = self._new(
            Counter, "worker_events", "Worker processes started, ended, killed; their parent started.", ("event",)
        )
        self._lag = self._new(Histogram, "loop_lag_seconds", "By how much the event loop was late.", (), _GAPS)
        self._computed = self._new(
            Histogram, "loop_cpu_seconds", "CPU time of the event loop between two looks at how late it is.", (), _GAPS
        )
        self._read_off = {name: self._new(Gauge, name, told) for name, told in GAUGES.items()}

    def _tell_schedules(self) -> None:
        self._due = self._new(Counter, "deliveries_due", "Deliveries that fell due and were taken up.", ("kind",))
        self._deliveries = self._new(
            Counter, "deliveries", "Attempts to deliver, by how they ended.", ("kind", "outcome")
        )
        self._late = self._new(
            Counter, "deliveries_late", "Deliveries that arrived more than ten minutes after their time.", ("kind",)
        )
        self._delays = self._new(
            Histogram, "delivery_delay_seconds", "From the time of a delivery to its arrival.", ("kind",), _DELAYS
        )
        self._polls = self._new(Counter, "feed_polls", "Polls of feeds, by how they ended.", ("outcome",))

    def _tell_discord(self) -> None:
        self._gateway_events = self._new(Counter, "gateway_events", "What happened to shards.", ("event",))
        self._requests = self._new(Counter, "discord_requests", "Answers of Discord's API, by status.", ("status",))
        self._limits = self._new(
            Counter, "discord_rate_limits", "Requests that Discord limited, by whose limit it was.", ("scope",)
        )

    def _tell_database(self) -> None:
        self._transactions = self._new(
            Counter, "database_transactions", "Transactions, by how they ended.", ("manner", "outcome")
        )
        self._transaction_seconds = self._new(
            Histogram, "database_seconds", "A transaction, with its wait for a connection.", ("manner",), _WAITS
        )

    def _new(
        self,
        kind: Any,  # noqa: ANN401  counters, gauges and histograms share no type
        name: str,
        told: str,
        labels: Sequence[str] = (),
        buckets: Sequence[float] | None = None,
    ) -> Any:  # noqa: ANN401  the same
        how = {"buckets": buckets} if buckets else {}
        return kind(f"verbatim_{name}", told, labels, registry=self._registry, **how)

    def _bounded(self, label: str, value: str) -> str:
        """Return a label's value if it is one of few that a program would give, else that it is another."""
        known = self._values.setdefault(label, set())
        if value in known:
            return value
        if not _LABEL.fullmatch(value) or len(known) >= _MOST_VALUES:
            return _OTHER
        known.add(value)
        return value
