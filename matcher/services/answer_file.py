"""The JSON answer of formats.md, "What a match run returns", and the list of pairs."""

import csv
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from matcher.engine.answer import Answer, Idea
from matcher.engine.assignment.program import STAGES
from matcher.engine.fairness import fairness
from matcher.engine.fit import PARTS
from matcher.engine.run import MatchRun
from matcher.engine.standing import Changed, Given
from matcher.exchange import Notice, Refusal
from matcher.services import change_text, fairness_text, wording
from matcher.services.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Written:
    """A list whose entries are JSON already."""

    lines: Iterable[str]


def document(
    run: Outcome,
    refused: Iterable[Refusal] = (),
    warnings: Iterable[Notice] = (),
    changed: Changed | None = None,
    people: Written | None = None,
) -> dict[str, Any]:
    """The answer as JSON types; everything but `seconds` is the same for the same bundle, options and version.

    `changed` is what was asked for, where something was: the run is then that after the change. `people` are the lines
    of everybody (`answer_line`), for an answer that is to be written and never to stand in memory as a whole.
    """
    names = {p.person_id: p.called for p in run.problem.people}
    areas = run.problem.area_names
    places = wording.places(areas, {p.municipality for p in run.problem.people})
    what_if = {} if changed is None else {"what_if": _what_if(changed)}
    return {
        "run": {
            "from": run.problem.horizon.first.isoformat(),
            "weeks": run.problem.horizon.weeks,
            "status": "optimal" if run.plan.optimal else "feasible",
            "objective": {s: run.plan.objective[s] for s in STAGES},
            "bound": {s: run.plan.bound[s] for s in STAGES},
            "seconds": round(run.seconds, 3),
        },
        "people": [_answer(a) for a in run.answers] if people is None else people,
        "gaps": [
            {
                "municipality": g.municipality,
                "area_id": g.area_id,
                "role": g.role,
                "when": g.when,
                "activity": g.activity,
                "people": list(g.people),
                "text": wording.gap(g, names, places),
            }
            for g in run.gaps
        ],
        "fairness": fairness_text.as_json(fairness(run.problem, run.pairs, run.answers), areas),
        **what_if,
        "refused": [
            {"file": r.file, "row": r.row, "column": r.column, "value": r.value, "text": r.text} for r in refused
        ],
        "warnings": [{"file": w.file, "row": w.row, "column": w.column, "text": w.text} for w in warnings],
    }


def _what_if(changed: Changed) -> dict[str, Any]:
    """The difference to the plan that stood."""
    return {
        "objective": {s: {"before": a, "after": b} for s, (a, b) in changed.difference.items()},
        "moved": [
            {
                "person_id": m.person_id,
                "before": [_given(g) for g in m.before],
                "after": [_given(g) for g in m.after],
                "code": m.code,
                "text": change_text.moved(m, changed.after.judged.problem),
            }
            for m in changed.moved
        ],
    }


def _given(given: Given) -> dict[str, Any]:
    return {
        "opening_id": given.opening_id,
        "first_session": given.first_session and given.first_session.isoformat(timespec="minutes"),
        "companion_id": given.companion_id,
    }


def answer_line(answer: Answer) -> str:
    """One person's answer as JSON, in one line."""
    return json.dumps(_answer(answer), ensure_ascii=False)


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "person_id": answer.person_id,
        "status": answer.status.value,
        "suggestions": [_idea(i) for i in answer.suggestions],
        "options": [_idea(i) for i in answer.options],
        "blocked": [
            {
                "code": b.code,
                "openings": b.openings,
                "text": wording.blocked(b),
                "nearest": b.nearest and {"opening_id": b.nearest.opening_id, "text": wording.nearest(b)},
            }
            for b in answer.blocked
        ],
    }


def _idea(idea: Idea) -> dict[str, Any]:
    return {
        "opening_id": idea.opening_id,
        "first_session": idea.first_session and idea.first_session.isoformat(timespec="minutes"),
        "companion_id": idea.companion_id,
        "fit": idea.fit,
        "reasons": [{"code": r.code, "text": wording.reason(r), "weight": r.weight} for r in idea.reasons],
        "ask": [{"code": a.code, "text": wording.ask(a)} for a in idea.asks],
    }


def as_json(content: Mapping[str, Any]) -> str:
    """The answer as JSON, one person a line, so that two answers can be compared line by line."""
    return "".join(json_pieces(content))


def json_pieces(content: Mapping[str, Any]) -> Iterator[str]:
    """The same, piece by piece."""
    for number, (key, value) in enumerate(content.items()):
        yield f"{',' if number else '{'}\n{json.dumps(key)}: "
        if isinstance(value, Written):
            yield from _list(value.lines)
        elif isinstance(value, list) and value:
            yield from _list(json.dumps(one, ensure_ascii=False) for one in value)
        else:
            yield json.dumps(value, ensure_ascii=False)
    yield "\n}\n"


def _list(lines: Iterable[str]) -> Iterator[str]:
    """JSON values as a list, one a line."""
    before = "[\n"
    for line in lines:
        yield before
        yield line
        before = ",\n"
    yield "[]" if before == "[\n" else "\n]"


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write the answer; the file is there whole or not at all."""
    _whole(path, lambda file: file.writelines(json_pieces(content)))


def write_pairs(run: MatchRun, path: Path) -> None:
    """Write every pair that no rule forbids, with its fit and the parts it is made of."""

    def write(file: IO[str]) -> None:
        out = csv.writer(file)
        out.writerow(["person_id", "opening_id", "fit", *PARTS])
        for k in range(len(run.pairs.person)):
            person = run.problem.people[run.pairs.person[k]].person_id
            opening = run.problem.openings[run.pairs.opening[k]].opening_id
            out.writerow([person, opening, int(run.pairs.fit[k]) / 1000, *(f"{v:.4f}" for v in run.pairs.parts[k])])

    _whole(path, write)


def _whole(path: Path, write: Any) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            write(file)
        os.chmod(name, 0o600)  # people's answers are for their own team
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
