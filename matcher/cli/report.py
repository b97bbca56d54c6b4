"""A match run for people: one answer a person, then what is missing, then what was proven."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from matcher.cli.terminal import Paint, pad, wrap
from matcher.engine.answer import Answer, Idea, PersonStatus
from matcher.engine.fit import GOOD, SOURCES, WORTH
from matcher.engine.problem import Problem
from matcher.model import Companion, Host, Opening, Person
from matcher.services import wording
from matcher.services.outcome import Outcome
from matcher.times import DAY_NAMES, clock

COLUMNS = 92
_ORDER = (
    PersonStatus.NO_FIT,
    PersonStatus.NEEDS_INFORMATION,
    PersonStatus.NEEDS_CONSENT,
    PersonStatus.SUGGESTED,
    PersonStatus.PLACED,
)
_HEADS = {
    PersonStatus.NO_FIT: "こたえがまだない人",
    PersonStatus.NEEDS_INFORMATION: "時間を聞いてから",
    PersonStatus.NEEDS_CONSENT: "同意を待つ人",
    PersonStatus.SUGGESTED: "提案のある人",
    PersonStatus.PLACED: "参加が決まっている人",
}


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows by their ID."""

    people: dict[str, Person]
    openings: dict[str, Opening]
    hosts: dict[str, Host]
    companions: dict[str, Companion]


@lru_cache(maxsize=1)
def _rows(problem: Problem) -> _Rows:
    return _Rows(
        {r.person_id: r for r in problem.people},
        {r.opening_id: r for r in problem.openings},
        {r.host_id: r for r in problem.hosts},
        {r.companion_id: r for r in problem.companions},
    )


def mark(fit: float) -> str:
    """A quiet three-step mark instead of a figure."""
    thousandths = round(fit * 1000)
    return "ぴったり" if thousandths >= GOOD else "よさそう" if thousandths >= WORTH else "もしかして"


def day(when: datetime | date) -> str:
    """12/3(木)."""
    return f"{when.month}/{when.day}({DAY_NAMES[when.weekday()]})"


def report(
    run: Outcome, paint: Paint, only: str | None = None, cards: Callable[[str], Iterable[str]] | None = None
) -> Iterator[str]:
    """Lines of the whole report, or of one person with everything that is known.

    `cards` gives the lines about a person (ID), where they are written already.
    """
    problem = run.problem
    names = {p.person_id: p.called for p in problem.people}
    answers = [a for a in run.answers if only in (None, a.person_id)]
    horizon = problem.horizon
    yield paint.strong(f"マッチング {horizon.first}({DAY_NAMES[horizon.first.weekday()]}) から {horizon.weeks}週間")
    if only is None:
        counts = {s: sum(a.status is s for a in run.answers) for s in _ORDER}
        yield "　".join(f"{_HEADS[s]} {n}人" for s, n in counts.items() if n)
    for status in _ORDER:
        group = [a for a in answers if a.status is status]
        if not group:
            continue
        yield ""
        yield paint.strong(f"■ {_HEADS[status]}")
        for answer in sorted(group, key=lambda a: _waiting(run, a)):
            yield ""
            if cards is None:
                yield from card(problem, answer, paint, everything=only is not None)
            else:
                yield from cards(answer.person_id)
    if only is None:
        yield from _missing(run, paint, names)
        yield ""
        yield from _proven(run, paint)


def _waiting(run: Outcome, answer: Answer) -> tuple[date, str]:
    person = _rows(run.problem).people[answer.person_id]
    return person.waiting_since or date.max, person.person_id


def card(problem: Problem, answer: Answer, paint: Paint, *, everything: bool) -> Iterator[str]:
    """Lines about one person: their words, what is suggested, what else there is; `everything` that is known."""
    person = _rows(problem).people[answer.person_id]
    waited = ""
    if person.waiting_since:
        months = (problem.horizon.first.year - person.waiting_since.year) * 12
        months += problem.horizon.first.month - person.waiting_since.month
        waited = f"　{person.waiting_since.year}年{person.waiting_since.month}月から" + (
            f"（{months}か月）" if months else ""
        )
    yield paint.strong(f"{person.called}（{answer.person_id}）") + paint.quiet(waited)
    words = "。".join(w.rstrip("。") for w in (person.interests, person.strengths) if w)
    if words:
        yield from (f"  {line}" for line in wrap(f"「{words}」", COLUMNS - 2))
    if person.avoid:
        yield from (f"  {line}" for line in wrap(f"避けたいこと: {person.avoid}", COLUMNS - 2))
    for idea in answer.suggestions:
        yield from _idea(problem, idea, paint, "→")
    if answer.status is not PersonStatus.SUGGESTED:
        yield f"  {paint.warm(wording.status(answer))}"
    given = {i.opening_id for i in answer.suggestions}
    others = [i for i in answer.options if i.opening_id not in given]
    if answer.status is not PersonStatus.PLACED or everything:
        shown = others if everything else [i for i in others if round(i.fit * 1000) >= WORTH][:2]
        if shown:
            yield paint.quiet(
                "  ほかの案"
                if given
                else "  思いあたる案（担当者の手もとだけで）"
                if answer.status is not PersonStatus.NO_FIT
                else "  ほかの人に決まった案"
            )
        for idea in shown:
            if everything:
                yield from _idea(problem, idea, paint, "・")
            else:
                yield from (f"  {line}" for line in wrap(f"・{_headline(problem, idea)}", COLUMNS - 2, "  "))
    if everything or answer.status is PersonStatus.NO_FIT:
        for item in answer.blocked if everything else answer.blocked[:3]:
            for n, sentence in enumerate((wording.blocked(item), wording.nearest(item))):
                for line in wrap(("× " if n == 0 else "  ") + sentence, COLUMNS - 2, "  "):
                    yield f"  {line}"
        if answer.status is PersonStatus.NO_FIT and not answer.blocked:
            yield from (f"  {line}" for line in wrap(_why_nothing(answer), COLUMNS - 2))


def _why_nothing(answer: Answer) -> str:
    if answer.options:
        return (
            "本人のことばにはっきりつながるものがありません。好きなこと、していたことを、もう少し聞いてみてください。"
        )
    return "いまの条件で通える枠がありません。範囲や時間を聞き直すか、新しい枠をつくることを考えてください。"


def _idea(problem: Problem, idea: Idea, paint: Paint, sign: str) -> Iterator[str]:
    lines = wrap(f"{sign} {_headline(problem, idea)}", COLUMNS - 2, "  ")
    yield f"  {paint.agreed(lines[0]) if sign == '→' else lines[0]}"
    yield from (f"  {line}" for line in lines[1:])
    companion = _rows(problem).companions.get(idea.companion_id or "")
    if companion:
        yield f"    はじめの日に付き添う人: {companion.name}（{companion.kind.ja}）"
    words = [r for r in idea.reasons if r.code in SOURCES][:2]
    rest = [r for r in idea.reasons if r.code not in SOURCES][:2]
    for reason in [*words, *rest] if not words else [*words, *rest[:1]]:
        yield from (f"    {line}" for line in wrap(wording.reason(reason), COLUMNS - 4, "  "))
    for ask in idea.asks:
        yield from (f"    {paint.warm(line)}" for line in wrap("？ " + wording.ask(ask), COLUMNS - 4, "   "))


def _headline(problem: Problem, idea: Idea) -> str:
    opening = _rows(problem).openings[idea.opening_id]
    host = _rows(problem).hosts[opening.host_id]
    when = "日時は相談して"
    if idea.first_session:
        minutes = idea.first_session.hour * 60 + idea.first_session.minute
        when = f"{day(idea.first_session)} {clock(minutes)}から"
    return f"{opening.title} — {host.name}　{opening.role.ja}　{when}　[{mark(idea.fit)}]"


def _missing(run: Outcome, paint: Paint, names: dict[str, str]) -> Iterator[str]:
    if run.gaps:
        yield ""
        yield paint.strong("■ あったらよい枠")
        places = wording.places(run.problem.area_names, {p.municipality for p in run.problem.people})
        for item in run.gaps[:10]:
            yield from (f"  {line}" for line in wrap("・" + wording.gap(item, names, places), COLUMNS - 2, "  "))


def _proven(run: Outcome, paint: Paint) -> Iterator[str]:
    plan = run.plan
    suggested = plan.objective["s1"]
    if plan.optimal:
        text = (
            f"{suggested}人に提案があります。全員にとって、これ以上よい組み合わせはありません（計算で確かめました）。"
        )
    elif plan.ended == "time":
        text = f"{suggested}人に提案があります。時間の上限までに見つかった案です。もっとよい組み合わせがあるかもしれません。"
    elif plan.ended:
        text = f"{suggested}人に提案があります。計算が途中で止まったため、待っている順に組んだ案です。もう一度お試しください。"
    else:
        text = f"{suggested}人に提案があります。これが一番よい組み合わせかどうかは、確かめきれていません。"
    yield from wrap(text, COLUMNS)
    yield paint.quiet("提案は下書きです。ひとつずつ、担当者が本人と受け入れ先に確かめてから進めてください。")


def table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Two columns, aligned for full-width characters."""
    from matcher.cli.terminal import width

    left = max((width(a) for a, _ in rows), default=0)
    yield from (f"{pad(a, left)}  {b}" for a, b in rows)
