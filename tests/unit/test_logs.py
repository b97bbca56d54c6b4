"""What gets into a log, and what does not."""

import io
import json
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
import structlog

from matcher import logs

CANARY = "かなりあ太郎"
ASCII_CANARY = "canary.taro@example.org"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    out = io.StringIO()
    logs.set_up(out, json_lines=True, level=logging.DEBUG)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    logging.raiseExceptions = raising
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def only(lines: io.StringIO) -> dict[str, object]:
    (line,) = lines.getvalue().splitlines()
    return dict(json.loads(line))


def test_what_is_listed_gets_in(lines: io.StringIO) -> None:
    run = uuid4()
    logs.logger().info("run.finished", council="wakaba", run_id=run, seconds=1.5, attempt=2, task="match_run")
    said = only(lines)
    assert (said["event"], said["council"], said["run_id"]) == ("run.finished", "wakaba", str(run))
    assert (said["seconds"], said["attempt"], said["task"], said["level"]) == (1.5, 2, "match_run", "info")
    assert "timestamp" in said


def test_a_name_that_is_not_listed_is_dropped(lines: io.StringIO) -> None:
    logs.logger().info("person.seen", person_id="P001", alias=CANARY, args={"x": CANARY})
    assert set(only(lines)) == {"event", "level", "timestamp"}


@pytest.mark.parametrize("name", sorted(logs.ALLOWED))
@pytest.mark.parametrize("value", [CANARY, ASCII_CANARY, {"name": CANARY}, [CANARY], CANARY.encode()])
def test_no_listed_name_lets_words_in(name: str, value: object) -> None:
    said = logs.only_allowed(None, "info", {name: value})
    assert said == {name: logs.HIDDEN}


def test_an_event_is_a_code(lines: io.StringIO) -> None:
    logs.logger().warning(f"{CANARY} was seen")
    assert only(lines)["event"] == logs.HIDDEN


def test_of_an_exception_only_its_class_and_place(lines: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logs.logger().error("job.failed", exc_info=True)
    said = only(lines)
    assert said["error"] == "ValueError"
    assert str(said["at"]).split(":")[0].endswith("test_logs")
    assert CANARY not in lines.getvalue()


def test_a_library_tells_where_and_not_what(lines: io.StringIO) -> None:
    logging.getLogger("procrastinate.worker").info("Job %s(alias=%s)", 7, CANARY, extra={"action": "job_success"})
    said = only(lines)
    assert (said["event"], said["logger"], said["action"]) == ("library", "procrastinate.worker", "job_success")
    assert str(said["at"]).startswith("test_logs:")
    assert CANARY not in lines.getvalue()


def test_a_librarys_exception_tells_no_words_either(lines: io.StringIO) -> None:
    try:
        raise KeyError(ASCII_CANARY)
    except KeyError:
        logging.getLogger("some.library").exception(ASCII_CANARY)
    assert only(lines)["error"] == "KeyError"
    assert ASCII_CANARY not in lines.getvalue()


def test_a_record_that_cannot_be_made_is_told_nowhere(lines: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").info("%d", CANARY)
    assert CANARY not in lines.getvalue() + capsys.readouterr().err


def test_plain_lines_hold_to_the_same_list() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    try:
        logs.set_up(out, json_lines=False)
        logs.logger().info("run.finished", council="wakaba", alias=CANARY)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "run.finished" in out.getvalue() and "wakaba" in out.getvalue()
    assert CANARY not in out.getvalue()


def test_what_is_bound_is_said_with_every_line(lines: io.StringIO) -> None:
    logs.bound(council="wakaba", alias=CANARY)
    logs.logger().info("one.thing")
    assert only(lines)["council"] == "wakaba"
    assert CANARY not in lines.getvalue()
