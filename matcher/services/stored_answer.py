"""A person's answer as it is stored with its run: codes, figures and quotes; sentences are made when it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matcher.engine.answer import Answer, Ask, Blocked, Idea, Nearest, PersonStatus, Reason


def to_stored(answer: Answer) -> dict[str, Any]:
    """The answer as JSON types."""
    return {
        "status": answer.status.value,
        "suggestions": [idea_to_stored(i) for i in answer.suggestions],
        "options": [idea_to_stored(i) for i in answer.options],
        "blocked": [
            {
                "code": b.code,
                "openings": b.openings,
                "nearest": b.nearest and {"opening_id": b.nearest.opening_id, "data": dict(b.nearest.data)},
            }
            for b in answer.blocked
        ],
    }


def from_stored(person_id: str, stored: Mapping[str, Any]) -> Answer:
    """The answer that was stored."""
    return Answer(
        person_id,
        PersonStatus(stored["status"]),
        tuple(idea_from_stored(i) for i in stored["suggestions"]),
        tuple(idea_from_stored(i) for i in stored["options"]),
        tuple(
            Blocked(
                b["code"],
                b["openings"],
                b["nearest"] and Nearest(b["nearest"]["opening_id"], _data(b["nearest"]["data"])),
            )
            for b in stored["blocked"]
        ),
    )


def idea_to_stored(idea: Idea) -> dict[str, Any]:
    """One idea as JSON types."""
    return {
        "opening_id": idea.opening_id,
        "first_session": idea.first_session and idea.first_session.isoformat(timespec="minutes"),
        "companion_id": idea.companion_id,
        "fit": idea.fit,
        "reasons": [{"code": r.code, "weight": r.weight, "data": dict(r.data)} for r in idea.reasons],
        "asks": [{"code": a.code, "data": dict(a.data)} for a in idea.asks],
    }


def idea_from_stored(stored: Mapping[str, Any]) -> Idea:
    """The idea that was stored."""
    first = stored["first_session"]
    return Idea(
        stored["opening_id"],
        first and datetime.fromisoformat(first),
        stored["companion_id"],
        stored["fit"],
        tuple(Reason(r["code"], r["weight"], _data(r["data"])) for r in stored["reasons"]),
        tuple(Ask(a["code"], _data(a["data"])) for a in stored["asks"]),
    )


def _data(stored: Mapping[str, Any]) -> dict[str, object]:
    """What a sentence needs; lists were tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
