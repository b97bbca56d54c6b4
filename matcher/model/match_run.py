"""Match run (マッチング): one request to match a council's people, from the queue to its answer."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import Line, RequiredLine
from matcher.model.codes import Coded
from matcher.model.noun import Between, Noun, Refers
from matcher.model.statuses import Machine


class RunStatus(Coded):
    """Where a run stands."""

    QUEUED = "queued", "順番待ち"
    RUNNING = "running", "実行中"
    DONE = "done", "できました"
    FAILED = "failed", "できませんでした"
    CANCELLED = "cancelled", "取りやめ"


RUNS = Machine(
    "match_run",
    "マッチング",
    (RunStatus.QUEUED,),
    {
        RunStatus.QUEUED: {"start": RunStatus.RUNNING, "cancel": RunStatus.CANCELLED, "fail": RunStatus.FAILED},
        RunStatus.RUNNING: {
            "finish": RunStatus.DONE,
            "fail": RunStatus.FAILED,
            "cancel": RunStatus.CANCELLED,
            "resume": RunStatus.QUEUED,
        },
        RunStatus.DONE: {},
        RunStatus.FAILED: {},
        RunStatus.CANCELLED: {},
    },
)


class RunRecord(Noun):
    """A run. It keeps the digest of its inputs, its options and versions, so that it can be explained a year later.

    `answer` is what it says of all together (gaps, fairness); of each person there is a `RunAnswer`. `attempt` counts how often a worker took it up; `heartbeat_at` is when that worker was last heard of.
    """

    table: ClassVar[str] = "match_run"
    identity: ClassVar[tuple[str, ...]] = ("run_id",)
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("request_key",),)
    sealed: ClassVar[frozenset[str]] = frozenset({"answer"})
    states: ClassVar[Machine] = RUNS

    run_id: UUID
    status: RunStatus = RunStatus.QUEUED
    request_key: str
    first: date
    weeks: Annotated[int, Between(1, 26)]
    seconds: Annotated[int, Between(1, 3600)]
    requested_by: str
    requested_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    heartbeat_at: datetime | None = None
    attempt: Annotated[int, Between(0, 100)] = 0
    progress: Line = ""
    cancel_asked: bool = False
    failure: Line = ""
    inputs_digest: Line = ""
    versions: dict[str, str] = Field(default_factory=dict)
    solved: Line = ""
    objective: dict[str, int] = Field(default_factory=dict)
    bound: dict[str, int] = Field(default_factory=dict)
    answer: dict[str, Any] | None = None


class RunAnswer(Noun):
    """What a run says about one person; gone with the person. Codes, figures and quotes, never made sentences."""

    table: ClassVar[str] = "run_answer"
    identity: ClassVar[tuple[str, ...]] = ("run_id", "person_id")
    sealed: ClassVar[frozenset[str]] = frozenset({"answer"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("run_id",), "match_run", ("run_id",), "CASCADE"),
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
    )

    run_id: UUID
    person_id: RequiredLine
    answer: dict[str, Any]
