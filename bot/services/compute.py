"""The way to work that must not run on the event loop: worker processes, awaited.

Files are read in workers of their own: one file, one process, forked for it and killed after it, so that no tenant's
bytes meet another's. Pure functions over stored text run in workers that stay. All are forked from one nursery
(`bot.worker`) that has the libraries loaded, behind the walls of `bot.sandbox`.
"""

import asyncio
import contextlib
import json
import logging
import pickle
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.metrics import SILENT, Metrics
from bot.services.errors import WorkerDiedError, WorkFailedError
from bot.services.nursery import Answer, Nursery, Worker, WorkerEndedError, WorkerGoneError
from bot.services.unpack import UnexpectedResultError, unpack, unpack_reading
from bot.worker import OUT_OF_MEMORY, Frame, Rules
from summariser import errors as summariser_errors
from summariser.errors import SummariserError
from summariser.limits import Limits
from summariser.model import Article, Reading

log = logging.getLogger(__name__)

READER = "summariser.ingest:prepare"
_FIND_BY_PIPELINE = "summariser.entities.pipelines:find_by_pipeline"

# Loaded before the first fork: readers of formats import their libraries only when first used.
PRELOAD = (
    "summariser.differences",
    "summariser.dossier",
    "summariser.entities.naming",
    "summariser.ingest",
    "summariser.ingest.feeds",
    "summariser.rank",
    "summariser.text",
    "summariser.timeline",
    "trafilatura",
    "lxml.html",
    "pypdfium2",
    "charset_normalizer",
    "feedparser",
)

# Patterns, tables and stemmers are made ready on first use, too: these make them ready for all workers at once.
_SAMPLE = """The ferry is back

BERGEN — The night ferry sails again from Monday, the port said on 3 March 2021. Storms had kept it in for nine days.
Some 400 lorries were waiting by then, said Ingrid Solheim, who runs the terminal. “We start with the fish,” she added.

The line carries a third of the region's freight. Its owner, Nordlys AS, wants a second ship by 2024.
"""
_PAGE = f"<html><head><title>The ferry is back</title></head><body><article><p>{_SAMPLE}</p></article></body></html>"
REHEARSE: tuple[tuple[str, tuple[object, ...]], ...] = (
    (READER, (_SAMPLE.encode(), "sample.txt")),
    (READER, (_PAGE.encode(), "sample.html")),
    ("summariser.rank:summarise", (_SAMPLE,)),
    ("summariser.dossier:draw_up", ((Article(_SAMPLE),),)),
    ("summariser.differences:find_differences", ((Article(_SAMPLE), Article(_SAMPLE)),)),
)
WARM = REHEARSE[1:2]

# How metrics tell of a worker's end in the middle of a job.
_ENDS: dict[int | None, str] = {
    OUT_OF_MEMORY: "out of memory",
    -signal.SIGXCPU: "too slow",
    -signal.SIGKILL: "killed by the system",
}

_ATTEMPTS = 4  # workers found dead before they took the job, until it is given up

_T = TypeVar("_T")


class _KilledError(Exception):
    """A job came to no result; the message says why, for people, as the second half of a sentence."""


class Compute:
    """Runs functions of the summariser in worker processes, at most `workers` of them at work at a time.

    Args:
        workers: jobs at a time; the others wait in the order in which they came.
        memory_mib: what one job may take.
        seconds: what one job may take, by the clock on the wall.
        result_mib: how large one result may be.
        spares: workers forked ahead of the next files.
        jobs_per_worker: after so many jobs a staying worker is replaced.
        growth_mib: after growing by so much a staying worker is replaced.
        preload: modules loaded before the first fork.
        rehearse: small jobs done before the first fork, as (`module:function`, arguments).
        warm: such jobs done by each worker before it says that it is ready.
        allowed: beginnings of the names of modules whose functions may be run.
        reader: the function that `read` calls.
        pipeline: spaCy's that finds names; it is loaded before the first fork, so that every worker has it.
        metrics: what is told of jobs and workers.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        memory_mib: int = 512,
        seconds: float = 15,
        result_mib: int = 64,
        spares: int = 2,
        jobs_per_worker: int = 500,
        growth_mib: int = 128,
        preload: tuple[str, ...] = PRELOAD,
        rehearse: tuple[tuple[str, tuple[object, ...]], ...] = REHEARSE,
        warm: tuple[tuple[str, tuple[object, ...]], ...] = WARM,
        allowed: tuple[str, ...] = ("summariser.",),
        reader: str = READER,
        pipeline: str | None = None,
        metrics: Metrics = SILENT,
    ) -> None:
        self._metrics = metrics
        self._asked = 0
        self._at_work = 0
        self._reader = reader
        self.pipeline = pipeline
        if pipeline:
            rehearse = (*rehearse, (_FIND_BY_PIPELINE, (_SAMPLE, pipeline)))
        self._rules = Rules(
            preload=preload,
            rehearse=rehearse,
            warm=warm,
            allowed=allowed,
            memory=memory_mib * 2**20,
            seconds=seconds,
            result=result_mib * 2**20,
            growth=growth_mib * 2**20,
        )
        self._slots = asyncio.Semaphore(workers)
        self._pickling = ThreadPoolExecutor(2, "pickling")
        self._nursery: Nursery | None = None
        self._starting = asyncio.Lock()
        self._spares = _Pool(lambda: self._hire(1), ahead=spares, refill=True)
        self._staying = _Pool(lambda: self._hire(jobs_per_worker), ahead=1, refill=False)
        self._busy: set[Worker] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        """Begin to start workers, and come back at once."""
        self._spares.fill()
        self._staying.fill()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all workers, whatever they do."""
        await self.aclose()

    async def ready(self) -> None:
        """Wait until the first workers stand by.

        Raises:
            WorkerDiedError: they cannot be started.
        """
        with _spoken(WorkFailedError):
            try:
                await self._spares.ready()
                await self._staying.ready()
            except WorkerGoneError as error:
                raise _KilledError(str(error)) from error

    async def find_pipeline(self) -> None:
        """See that workers have the pipeline that finds names, if there is to be one.

        Raises:
            MissingPipelineError: it is not installed.
            WorkerDiedError: a worker cannot be started, or cannot hold it.
        """
        if self.pipeline:
            await self.run(_FIND_BY_PIPELINE, _SAMPLE, self.pipeline)

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return self._asked - self._at_work

    @property
    def running(self) -> int:
        """How many jobs workers are at."""
        return self._at_work

    def stand_by(self) -> None:
        """Start anew what died while it stood by, and come back at once; a job would do so, too."""
        if not self._closed:
            self._spares.renew()
            self._staying.renew()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes of the workers that live."""
        known = (*self._spares.waiting(), *self._staying.waiting(), *self._busy)
        return tuple(worker.pid for worker in known if not worker.gone)

    @property
    def nursery_pid(self) -> int | None:
        """The process that workers are forked from, None while there is none."""
        return self._nursery.pid if self._nursery and not self._nursery.gone else None

    async def read(self, data: bytes, filename: str, limits: Limits, *, charset: str | None = None) -> Reading:
        """Return the articles of a file, read in a process that is used for nothing else.

        `charset` is the encoding that a web server named for it.

        Raises:
            ReadError: the file cannot be read as articles.
            WorkerDiedError: reading crashed or ran over its limits.
        """
        with _spoken(lambda why: WorkerDiedError(filename, why)):
            how: dict[str, object] = {"limits": limits, "charset": charset}
            how |= {"pipeline": self.pipeline} if self.pipeline else {}
            answer = await self._perform((self._reader, (data, filename), how), self._spares)
            return await self._in_thread(unpack_reading, answer)

    async def run(self, name: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - whatever that function returns
        """Return what the function called `module:function` returns for these arguments.

        Raises:
            SummariserError: as the function does.
            WorkerDiedError: it crashed or ran over its limits.
        """
        with _spoken(WorkFailedError):
            answer = await self._perform((name, args, kwargs), self._staying)
            return await self._in_thread(unpack, answer)

    async def run_apart(self, name: str, *args: object, what: str) -> Any:  # noqa: ANN401 - whatever that function returns
        """Return what a function returns for bytes from outside, in a process that is used for nothing else.

        Raises:
            SummariserError: as the function does.
            WorkerDiedError: it crashed or ran over its limits; `what` names the bytes.
        """
        with _spoken(lambda why: WorkerDiedError(what, why)):
            answer = await self._perform((name, args, {}), self._spares)
            return await self._in_thread(unpack, answer)

    async def aclose(self) -> None:
        """End all workers, whatever they do; calls in hand end with a WorkerDiedError."""
        self._closed = True
        async with self._starting:
            if self._nursery:
                await self._nursery.close()
        await self._spares.close()
        await self._staying.close()
        self._pickling.shutdown(wait=False)

    async def _in_thread(self, function: Callable[..., _T], *args: object) -> _T:
        """Call it off the loop, in threads of our own: the loop's may all be waiting for name servers."""
        if self._closed:
            raise _KilledError("I am shutting down")
        return await asyncio.get_running_loop().run_in_executor(self._pickling, function, *args)

    async def _hire(self, jobs: int) -> Worker:
        async with self._starting:
            if self._closed:
                raise WorkerGoneError("I am shutting down")
            if self._nursery and self._nursery.gone:
                await self._nursery.close()
            if self._nursery is None or self._nursery.gone:
                self._nursery = Nursery.start(self._rules)
                self._metrics.worker("parent started")
            nursery = self._nursery
        worker = await nursery.fork(jobs)
        self._metrics.worker("started")
        return worker

    async def _perform(self, job: tuple[str, tuple[object, ...], dict[str, object]], pool: "_Pool") -> bytearray:
        """Have a job done by the next free worker, and tell how that went; return what it wrote."""
        began, outcome = asyncio.get_running_loop().time(), "failed"
        self._asked += 1
        try:
            written = await self._have_done(job, pool)
            outcome = "done"
        except SummariserError:
            outcome = "refused"
            raise
        except _KilledError:
            outcome = "killed"
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self._asked -= 1
            seconds = asyncio.get_running_loop().time() - began
            self._metrics.work("read" if pool is self._spares else "run", outcome, seconds=seconds)
        return written

    async def _have_done(self, job: tuple[str, tuple[object, ...], dict[str, object]], pool: "_Pool") -> bytearray:
        async with self._slots, self._counted():
            order = await self._in_thread(pickle.dumps, job)
            for _ in range(_ATTEMPTS):
                # Workers can die while they wait: the system ends them when memory runs short.
                with contextlib.suppress(WorkerGoneError):
                    return self._take(job[0], await self._lend(order, pool))
        raise _KilledError("I am shutting down" if self._closed else "no worker process could be started")

    @contextlib.asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    async def _lend(self, order: bytes, pool: "_Pool") -> Answer:
        worker = await pool.take()
        self._busy.add(worker)
        answer = None
        try:
            async with asyncio.timeout(self._rules.seconds):
                answer = await worker.do(order, self._rules.result)
        except TimeoutError:
            self._metrics.worker("too slow")
            raise _KilledError(f"it took longer than {self._rules.seconds:g} s") from None
        except WorkerEndedError as error:
            if worker.orphaned and pool is self._spares:
                # Not this file's doing: another worker may read it.
                raise WorkerGoneError("the workers' parent process ended") from error
            raise _KilledError(self._why(error.status)) from error
        finally:
            self._busy.discard(worker)
            if answer is None or answer.last:
                worker.end()
            else:
                pool.give_back(worker)
            if not self._closed:
                pool.refill()
        return answer

    def _take(self, name: str, answer: Answer) -> bytearray:
        """Return the result that an answer carries, or raise what it tells of."""
        match answer.kind:
            case Frame.RESULT:
                return answer.payload
            case Frame.FAILED:
                raise _rebuild(name, answer.payload)
            case Frame.NO_MEMORY:
                raise _KilledError(self._why(OUT_OF_MEMORY))
            case Frame.TOO_LARGE:
                raise _KilledError(f"it came to more than {self._rules.result / 2**20:g} MiB")
            case _:
                raise UnexpectedResultError(f"frame {answer.kind.name}")

    def _why(self, status: int | None) -> str:
        if self._closed:
            return "I am shutting down"
        self._metrics.worker(_ENDS.get(status, "crashed"))
        if status == OUT_OF_MEMORY:
            return f"it needed more than {self._rules.memory / 2**20:g} MiB of memory"
        if status == -signal.SIGXCPU:
            return f"it took longer than {self._rules.seconds:g} s"
        if status == -signal.SIGKILL:
            return "the system stopped its reader, most likely because memory ran short"
        log.error("a worker crashed", extra={"status": status})
        return "its reader crashed"


class _Pool:
    """Workers that stand by, some of them still starting."""

    def __init__(self, hire: Callable[[], Awaitable[Worker]], *, ahead: int, refill: bool) -> None:
        self._hire = hire
        self._ahead = ahead
        self._refill = refill
        self._hired: deque[asyncio.Future[Worker]] = deque()

    def fill(self) -> None:
        """Start as many as shall stand by."""
        while len(self._hired) < self._ahead:
            self._hired.append(self._begin())

    def renew(self) -> None:
        """Start successors of those that died."""
        for spent in [hired for hired in self._hired if _is_spent(hired)]:
            self._hired.remove(spent)
            _end(spent)
        self.fill()

    async def take(self) -> Worker:
        """Return one that lives; raises WorkerGoneError where none can be started."""
        while self._hired and _is_spent(self._hired[0]):
            _end(self._hired.popleft())
        hired = self._hired.popleft() if self._hired else self._begin()
        if self._refill and not self._hired:
            self.fill()
        try:
            return await asyncio.shield(hired)
        except asyncio.CancelledError:
            self._hired.appendleft(hired)  # it is started, or nearly: the next one may have it
            raise

    def refill(self) -> None:
        """Start successors of those that were used up: not before, since they would take time from the work in hand."""
        if self._refill:
            self.fill()

    def give_back(self, worker: Worker) -> None:
        """Let it stand by again."""
        again: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        again.set_result(worker)
        self._hired.appendleft(again)  # those at the back grow cold, and cost nothing

    async def ready(self) -> None:
        """Wait until all that were begun stand by; raises as `take` does."""
        await asyncio.gather(*map(asyncio.shield, self._hired))

    def waiting(self) -> Iterator[Worker]:
        """Return those that stand by now."""
        return (hired.result() for hired in self._hired if _is_started(hired))

    async def close(self) -> None:
        """Hang up on those that stand by, once their nursery is closed: those still starting have failed by then."""
        if self._hired:
            await asyncio.wait(self._hired)
        for worker in self.waiting():
            worker.end()
        self._hired.clear()

    def _begin(self) -> asyncio.Future[Worker]:
        begun = asyncio.ensure_future(self._hire())
        begun.add_done_callback(_is_started)  # asks for the exception, which the next taker then meets or never sees
        return begun


def _is_started(hired: asyncio.Future[Worker]) -> bool:
    return hired.done() and not hired.cancelled() and hired.exception() is None


def _end(hired: asyncio.Future[Worker]) -> None:
    if _is_started(hired):
        hired.result().end()


def _is_spent(hired: asyncio.Future[Worker]) -> bool:
    return hired.done() and (not _is_started(hired) or hired.result().gone)


def _rebuild(name: str, payload: bytearray) -> Exception:
    """Return the error that a worker tells of: one of the summariser's own, or else that it has a bug."""
    try:
        told = json.loads(payload)
        known, message, error, where = told["known"], told["message"], told["error"], told["where"]
    except (ValueError, KeyError, TypeError) as misread:
        return UnexpectedResultError(f"an error that does not read: {type(misread).__name__}")
    kind = getattr(summariser_errors, known, None) if isinstance(known, str) else None
    if isinstance(kind, type) and issubclass(kind, SummariserError) and isinstance(message, str):
        rebuilt = kind.__new__(kind, message)  # the constructor takes what the message was made of
        rebuilt.args = (message,)
        return rebuilt
    log.error("a job failed", extra={"job": name, "error": repr(error)[:200], "where": repr(where)[:4000]})
    return _KilledError("it met a mistake of mine, which is in the log now")


@contextlib.contextmanager
def _spoken(error: Callable[[str], Exception]) -> Iterator[None]:
    """Turn what ended a job into the error that the caller shows."""
    try:
        yield
    except _KilledError as killed:
        raise error(str(killed)) from killed
    except UnexpectedResultError as unexpected:
        log.error("a worker answered what it must not", extra={"answer": str(unexpected)})  # noqa: TRY400 - no bug of ours
        raise error("its reader gave an answer that makes no sense") from unexpected
