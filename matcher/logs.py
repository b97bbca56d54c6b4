"""Logs: JSON lines, or plain lines on a terminal. Only what is on a list gets in: codes, IDs made by machines, numbers.

A log is read by more people than the data, and kept longer. So nothing is filtered out; instead nothing gets in that is
not known: a name that is not listed is dropped, a value that does not look as its name demands becomes `?`, and of
other people's records only where in the code they were made is told, never their words.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from types import TracebackType
from typing import IO, Any
from uuid import UUID

import structlog

HIDDEN = "?"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}([.:][a-z][a-z0-9_]{0,39}){0,4}")
_COUNCIL = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]{0,59}")
_PLACE = re.compile(r"[\w.]{1,80}:\d{1,6}", re.ASCII)
_ROUTE = re.compile(r"[a-z0-9_./<>:-]{1,120}")  # the rule of a route, `/people/<person_id>`, never an address called
_VERSION = re.compile(r"\d[0-9a-z.+]{0,29}")
_KEPT = ("level", "timestamp", "_record", "_from_structlog")  # the last two are taken away by structlog itself
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _uuid(value: Any) -> bool:
    try:
        return isinstance(value, UUID) or str(UUID(value)) == value
    except (ValueError, AttributeError, TypeError):
        return False


def _time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


_code = _matching(_CODE)
ALLOWED: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("event", "action", "noun", "code", "status", "step", "task", "queue", "service", "logger"), _code),
    **dict.fromkeys(("account_id", "run_id", "import_id", "link_id", "request_id", "suggestion_id"), _uuid),
    **dict.fromkeys(("job_id", "worker_id", "attempt", "pid", "port", "count", "rows", "faults", "bytes"), _number),
    **dict.fromkeys(("seconds", "people", "councils", "http_status", "waiting"), _number),
    "council": _matching(_COUNCIL),
    "error": _matching(_CLASS),
    "at": _matching(_PLACE),
    "route": _matching(_ROUTE),
    "version": _matching(_VERSION),
    "revision": _matching(_VERSION),
    "method": lambda value: isinstance(value, str) and value in _METHODS,
    "level": lambda value: isinstance(value, str) and value in _LEVELS,
    "timestamp": _time,
}


def only_allowed(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Let through what is listed and looks as it must; the last step before a line is written."""
    kept: dict[str, Any] = {}
    for name, value in event.items():
        if name not in ALLOWED:
            continue
        fits = value is None or ALLOWED[name](value)
        kept[name] = (str(value) if isinstance(value, UUID) else value) if fits else HIDDEN
    return kept


def without_words(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception, its class and where it arose; never what it says, for that may quote a row."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event["error"] = type(raised).__name__
        event["at"] = _arose(raised.__traceback__) or event.get("at")
    return event


def _arose(trace: TracebackType | None) -> str:
    place = ""
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _foreign(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A record of a library: which one, and where in its code; its words go."""
    record: logging.LogRecord = event["_record"]
    said: dict[str, Any] = {"event": "library", "logger": record.name.lower(), "at": f"{record.module}:{record.lineno}"}
    said["action"] = getattr(record, "action", None)
    if record.exc_info:
        said["exc_info"] = record.exc_info
    return {**{name: event[name] for name in _KEPT if name in event}, **said}


def set_up(stream: IO[str] | None = None, *, json_lines: bool | None = None, level: int = logging.INFO) -> None:
    """Send all logs of this process, its libraries' too, to one stream.

    Args:
        stream: where to; standard error if none is given.
        json_lines: whether as JSON; where nothing is said, unless the stream is a terminal.
        level: what is at least so grave is written.
    """
    out = stream or sys.stderr
    as_json = not out.isatty() if json_lines is None else json_lines
    shown: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _foreign],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_words, only_allowed, shown],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.raiseExceptions = False  # a record that cannot be written is not told, with its words, on standard error
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def logger() -> Any:
    """A logger: `logger().info("run.finished", council=…, run_id=…, seconds=…)`; the event is a code."""
    return structlog.stdlib.get_logger("deban")


def bound(**facts: Any) -> None:
    """Say with every line from now on, in this task or request: `bound(council=…, request_id=…)`."""
    structlog.contextvars.bind_contextvars(**facts)
