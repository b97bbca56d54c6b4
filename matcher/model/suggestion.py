"""Suggestion (提案): one opening thought of for one person, by the solver or by hand, reviewed by a coordinator."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from matcher.model.cells import Line, RequiredLine, Text
from matcher.model.codes import Coded
from matcher.model.noun import Between, Noun, Refers
from matcher.model.statuses import Machine


class SuggestionStatus(Coded):
    """Where a suggestion stands, from the solver's idea to both sides' word."""

    SUGGESTED = "suggested", "提案の案"
    HELD = "held", "様子を見る"
    APPROVED = "approved", "話してみる"
    TOLD = "told", "本人に話した"
    WISHED = "wished", "本人はやってみたい"
    OFFERED = "offered", "受け入れ先に相談中"
    CONFIRMED = "confirmed", "決まった"
    PASSED = "passed", "今回は見送り"
    DECLINED = "declined", "本人が見送り"
    REFUSED = "refused", "受け入れ先が見送り"
    REPLACED = "replaced", "新しい案にかわった"


_S = SuggestionStatus
SUGGESTIONS = Machine(
    "suggestion",
    "提案",
    (_S.SUGGESTED,),
    {
        _S.SUGGESTED: {"approve": _S.APPROVED, "hold": _S.HELD, "pass": _S.PASSED, "replace": _S.REPLACED},
        _S.HELD: {"approve": _S.APPROVED, "pass": _S.PASSED, "reopen": _S.SUGGESTED, "replace": _S.REPLACED},
        _S.APPROVED: {"tell": _S.TOLD, "hold": _S.HELD, "pass": _S.PASSED, "reopen": _S.SUGGESTED},
        _S.TOLD: {"wish": _S.WISHED, "decline": _S.DECLINED, "hold": _S.HELD, "pass": _S.PASSED},
        _S.WISHED: {"offer": _S.OFFERED, "confirm": _S.CONFIRMED, "decline": _S.DECLINED, "pass": _S.PASSED},
        _S.OFFERED: {"confirm": _S.CONFIRMED, "refuse": _S.REFUSED, "decline": _S.DECLINED, "pass": _S.PASSED},
        _S.CONFIRMED: {"undo": _S.WISHED},
        _S.PASSED: {"reopen": _S.SUGGESTED},
        _S.DECLINED: {"reopen": _S.TOLD},
        _S.REFUSED: {"reopen": _S.OFFERED},
        _S.REPLACED: {},
    },
)
OPEN = (_S.SUGGESTED, _S.HELD, _S.APPROVED, _S.TOLD, _S.WISHED, _S.OFFERED)


class Suggestion(Noun):
    """A suggestion. `fit` is in whole thousandths; `reasons` and `asks` hold codes and quotes, never made sentences."""

    table: ClassVar[str] = "suggestion"
    identity: ClassVar[tuple[str, ...]] = ("suggestion_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"answer", "reason"})
    states: ClassVar[Machine] = SUGGESTIONS
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("run_id",), "match_run", ("run_id",), "SET NULL"),
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("opening_id",), "opening", ("opening_id",)),
        Refers(("companion_id",), "companion", ("companion_id",), "SET NULL"),
    )

    suggestion_id: UUID
    status: SuggestionStatus = SuggestionStatus.SUGGESTED
    run_id: UUID | None = None
    person_id: RequiredLine
    opening_id: RequiredLine
    companion_id: Line = ""
    first_session: datetime | None = None
    fit: Annotated[int, Between(0, 1000)] = 0
    pinned: bool = False
    answer: dict[str, Any] | None = None
    reason: Text = ""
    made_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
