"""Worker processes, each of which keeps what it made, so that later calls about it go to the same one.

A worker that is killed or finds no memory is told at once, and at the end of the time all of them are ended from outside: whoever
waits for them never waits longer.
"""

import gc
import multiprocessing
import os
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from threading import Timer
from types import TracebackType
from typing import Any, NoReturn, Self

from matcher.engine.pairs import OutOfTime
from matcher.errors import DebanError

THREADS = "OPENBLAS_NUM_THREADS"
Call = tuple[Any, ...]  # a function of this package or a partial of one, then its arguments


class WorkerGone(DebanError):
    """A worker process disappeared: most often there was no memory left for it."""

    def __init__(self) -> None:
        super().__init__(
            "計算の途中で、はたらいていた処理がひとつ止まりました。メモリーが足りないのかもしれません。"
            "ほかのソフトを閉じるか、一式を区市町村ごとに分けて、もう一度お試しください。"
        )


class Failed(DebanError):
    """A call ended in an error that is told to people; the sentence is that error's."""


def cores() -> int:
    """Cores that this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew:
    """So many worker processes. Use it as a context: none outlives the block, nor `until` (of `time.monotonic`).

    Every call's function is given a dict first, which is the worker's own and lasts as long as it does.
    """

    def __init__(self, size: int, until: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        self._waiting = deque[tuple[int, int]]()  # (worker, number of the call), in the order of sending
        self._until = until
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            with _one_thread():
                process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        self._end = Timer(max(0.0, until - time.monotonic()), self._kill)
        self._end.daemon = True
        self._end.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.cancel()
        self._kill()
        for process in self._processes:
            process.join()
        for pipe in self._pipes:
            pipe.close()

    @property
    def pids(self) -> list[int | None]:
        """The workers' process ids."""
        return [p.pid for p in self._processes]

    def share_out(self, calls: Sequence[Call]) -> tuple[list[Any], list[int]]:
        """Give each call to whoever is free; their results, and which worker made each.

        Raises:
            WorkerGone: a worker disappeared.
            OutOfTime: the time was over.
            Failed: a call ended in another error.
        """
        results: list[Any] = [None] * len(calls)
        made_by = [0] * len(calls)
        left = deque(range(len(calls)))
        busy: dict[Connection, int] = {}
        free = deque(self._pipes)
        while left or busy:
            while left and free:
                number = left.popleft()
                pipe = free.popleft()
                made_by[number] = self._pipes.index(pipe)
                self._send(pipe, calls[number])
                busy[pipe] = number
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                results[busy.pop(ready)] = self._receive(ready)
                free.append(ready)
        return results, made_by

    def begin(self, calls: Sequence[Call], workers: Sequence[int]) -> None:
        """Send calls to these workers, who take them one after the other; `finish` has the results.

        Raises:
            WorkerGone, OutOfTime: as for `share_out`.
        """
        for number, (call, worker) in enumerate(zip(calls, workers, strict=True)):
            self._send(self._pipes[worker], call)
            self._waiting.append((worker, number))

    def finish(self) -> list[Any]:
        """The results of the calls that `begin` sent.

        Raises:
            WorkerGone, OutOfTime, Failed: as for `share_out`.
        """
        results: list[Any] = [None] * len(self._waiting)
        while self._waiting:
            worker, number = self._waiting.popleft()
            results[number] = self._receive(self._pipes[worker])
        return results

    def _send(self, pipe: Connection, call: Call) -> None:
        try:
            pipe.send(call)
        except OSError:
            self._tell_gone()

    def _receive(self, pipe: Connection) -> Any:
        try:
            kind, content = pipe.recv()
        except (EOFError, OSError):
            self._tell_gone()
        match kind:
            case "done":
                return content
            case "time":
                raise OutOfTime
            case "memory":
                raise WorkerGone
            case "told":
                raise Failed(content)
            case _:
                raise RuntimeError(content)

    def _tell_gone(self) -> NoReturn:
        if time.monotonic() >= self._until:
            raise OutOfTime
        raise WorkerGone

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()


@contextmanager
def _one_thread() -> Iterator[None]:
    """What is started here multiplies matrices in one thread: there are as many processes as cores already."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


def _serve(pipe: Connection) -> None:
    """Answer one call after the other until the parent goes, or memory does."""
    silent = os.open(os.devnull, os.O_WRONLY)  # standard output belongs to the answer; the parent tells what went wrong
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    gc.disable()  # a worker makes many objects that all stay, and ends soon
    own: dict[Any, Any] = {}
    while True:
        try:
            function, *arguments = pipe.recv()
            pipe.send(("done", function(own, *arguments)))
        except (EOFError, OSError):  # the parent has gone
            return
        except OutOfTime:
            pipe.send(("time", ""))
        except MemoryError:
            pipe.send(("memory", ""))
        except DebanError as error:
            pipe.send(("told", str(error)))
        except Exception:  # a fault of the program: told, since nobody reads a worker's standard error
            pipe.send(("failed", traceback.format_exc()))
