"""Survey (調査): rounds in which hosts are asked whom they take in, and their answers."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import RequiredLine
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers
from matcher.model.statuses import Machine


class RoundStatus(Coded):
    """Where a round stands."""

    DRAFT = "draft", "準備中"
    OPEN = "open", "回答を受付中"
    CLOSED = "closed", "締め切った"
    APPLIED = "applied", "反映した"


ROUNDS = Machine(
    "survey_round",
    "調査",
    (RoundStatus.DRAFT,),
    {
        RoundStatus.DRAFT: {"open": RoundStatus.OPEN},
        RoundStatus.OPEN: {"close": RoundStatus.CLOSED},
        RoundStatus.CLOSED: {"apply": RoundStatus.APPLIED, "reopen": RoundStatus.OPEN},
        RoundStatus.APPLIED: {},
    },
)


class SurveyRound(Noun):
    """A round: what is asked, of whom, from when to when."""

    table: ClassVar[str] = "survey_round"
    identity: ClassVar[tuple[str, ...]] = ("round_id",)
    states: ClassVar[Machine] = ROUNDS

    round_id: UUID
    status: RoundStatus = RoundStatus.DRAFT
    title: RequiredLine = Field(title="調査の名前")
    starts_on: date = Field(title="始まり")
    ends_on: date = Field(title="締め切り")
    target: dict[str, Any] = Field(default_factory=dict)
    questions: list[dict[str, Any]] = Field(default_factory=list)


class AnswerStatus(Coded):
    """Where the answer of one host stands."""

    ASKED = "asked", "回答待ち"
    STARTED = "started", "書きかけ"
    ANSWERED = "answered", "回答ずみ"
    APPLIED = "applied", "反映ずみ"
    LEFT = "left", "反映しない"


ANSWERS = Machine(
    "survey_answer",
    "回答",
    (AnswerStatus.ASKED,),
    {
        AnswerStatus.ASKED: {"start": AnswerStatus.STARTED, "answer": AnswerStatus.ANSWERED},
        AnswerStatus.STARTED: {"answer": AnswerStatus.ANSWERED},
        AnswerStatus.ANSWERED: {
            "answer": AnswerStatus.ANSWERED,
            "apply": AnswerStatus.APPLIED,
            "leave": AnswerStatus.LEFT,
        },
        AnswerStatus.APPLIED: {},
        AnswerStatus.LEFT: {"apply": AnswerStatus.APPLIED},
    },
)


class AnswerChannel(Coded):
    """By which way an answer came."""

    LINK = "link", "リンクから"
    PHONE = "phone", "電話で聞き取り"
    PAPER = "paper", "紙"
    FILE = "file", "ファイル"


class SurveyAnswer(Noun):
    """A host's answer in a round; `words` holds all it said."""

    table: ClassVar[str] = "survey_answer"
    identity: ClassVar[tuple[str, ...]] = ("round_id", "host_id")
    sealed: ClassVar[frozenset[str]] = frozenset({"words"})
    states: ClassVar[Machine] = ANSWERS
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("round_id",), "survey_round", ("round_id",), "CASCADE"),
        Refers(("host_id",), "host", ("host_id",), "CASCADE"),
    )

    round_id: UUID
    host_id: RequiredLine
    status: AnswerStatus = AnswerStatus.ASKED
    channel: AnswerChannel | None = None
    words: dict[str, Any] = Field(default_factory=dict)
    asked_at: datetime | None = None
    answered_at: datetime | None = None
