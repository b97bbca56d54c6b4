"""What a coordinator asks for on a command line, read: --what-if, --pin, --ban, --close."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.engine.changes import Ban, Change, Close, CompanionHours, HostHours, Newcomers, PersonReach, Seats
from matcher.engine.standing import Pair
from matcher.errors import DebanError
from matcher.model import Bundle, Reach
from matcher.times import Schedule, TimesError, parse


class NotUnderstood(DebanError):
    """What was asked cannot be read; the sentence quotes it and shows how to write it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Changes to try, and pairs that are to be given."""

    changes: tuple[Change, ...] = ()
    pins: tuple[Pair, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.pins)


EXAMPLES = "「seat 枠ID +1」「limit 受け入れ先ID +1」「hour 受け入れ先ID 火 17:00-19:00」「companion 同行者ID 火 10:00-12:00」「reach 本人ID city」"
_COUNT = re.compile(r"[+＋\-－−]?\d{1,3}")
_REACH = {r.value: r for r in Reach} | {r.ja: r for r in Reach}


def read_asked(
    bundle: Bundle, what_if: Sequence[str], pins: Sequence[str], bans: Sequence[str], closed: Sequence[str]
) -> Asked:
    """Read what was asked for, and check that every ID is in the bundle.

    Raises:
        NotUnderstood: the form is wrong, or an ID is not there.
    """
    hosts = {h.host_id for h in bundle.hosts}
    changes = [_what_if(bundle, text) for text in map(_plain, what_if)]
    for text in map(_plain, bans):
        changes.append(Ban(*_pair(bundle, "--ban", text)))
    for host in map(_plain, closed):
        _known(host, hosts, f"--close {host}", "受け入れ先ID")
        changes.append(Close(host))
    return Asked(tuple(changes), tuple(_pair(bundle, "--pin", text) for text in map(_plain, pins)))


def _plain(text: str) -> str:
    """As cells are read: full-width letters, digits and colons are the same as others."""
    return unicodedata.normalize("NFKC", text).strip()


def _what_if(bundle: Bundle, text: str) -> Change:
    parts = text.split(maxsplit=2)
    if len(parts) != 3:
        raise NotUnderstood(f"--what-if「{text}」は読めません。{EXAMPLES}のように書いてください。")
    kind, identity, rest = parts
    quoted = f"--what-if「{text}」"
    match kind:
        case "seat":
            _known(identity, {o.opening_id for o in bundle.openings}, quoted, "枠ID")
            return Seats(identity, _count(quoted, rest))
        case "limit":
            _known(identity, {h.host_id for h in bundle.hosts}, quoted, "受け入れ先ID")
            return Newcomers(identity, _count(quoted, rest))
        case "hour":
            _known(identity, {h.host_id for h in bundle.hosts}, quoted, "受け入れ先ID")
            return HostHours(identity, _hours(quoted, rest))
        case "companion":
            _known(identity, {c.companion_id for c in bundle.companions}, quoted, "同行者ID")
            return CompanionHours(identity, _hours(quoted, rest))
        case "reach":
            _known(identity, {p.person_id for p in bundle.people}, quoted, "本人ID")
            if rest not in _REACH:
                raise NotUnderstood(
                    f"{quoted} の「{rest}」は読めません。{'、'.join(_REACH)} のどれかを書いてください。"
                )
            return PersonReach(identity, _REACH[rest])
        case _:
            raise NotUnderstood(f"{quoted} の「{kind}」は読めません。{EXAMPLES}のように書いてください。")


def _count(quoted: str, text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise NotUnderstood(f"{quoted} の「{text}」は数として読めません。+1 や -1 のように書いてください。")
    return int(text.translate(str.maketrans("＋－−", "+--")))


def _hours(quoted: str, text: str) -> Schedule:
    try:
        hours = parse(text)
    except TimesError as error:
        raise NotUnderstood(f"{quoted}: {error}") from error
    if hours is None:
        raise NotUnderstood(f"{quoted} に時間がありません。「火 17:00-19:00」のように書いてください。")
    return hours


def _pair(bundle: Bundle, option: str, text: str) -> Pair:
    person, colon, opening = text.partition(":")
    if not (person and colon and opening):
        raise NotUnderstood(f"{option}「{text}」は読めません。「本人ID:枠ID」のように書いてください。")
    _known(person, {p.person_id for p in bundle.people}, f"{option} {text}", "本人ID")
    _known(opening, {o.opening_id for o in bundle.openings}, f"{option} {text}", "枠ID")
    return person, opening


def _known(identity: str, known: set[str], quoted: str, what: str) -> None:
    if identity not in known:
        raise NotUnderstood(f"{quoted}: {what}「{identity}」がありません。IDを確かめてください。")
