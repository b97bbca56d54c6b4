"""A bundle broken on purpose: every row is accepted or refused for its own reason, and nothing is lost."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matcher.exchange import ReadResult, read_bundle
from matcher.model import Consent, Record, Role

BROKEN = Path(__file__).parents[2] / "bundles" / "broken"
LONG = "長" * 140_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("broken") / "bundle"
    shutil.copytree(BROKEN, copy)
    openings = copy / "openings.csv"
    text = openings.read_bytes().decode()
    assert text.count("（テストで長い文に置きかえます）") == 1
    openings.write_bytes(text.replace("（テストで長い文に置きかえます）", LONG).encode())
    return copy


@pytest.fixture(scope="module")
def result(folder: Path) -> ReadResult:
    return read_bundle(folder)


REFUSED = [
    ("areas.csv", 3, "lat", "東経138度", "35.66 のように"),
    ("hosts.csv", 3, "種別", "喫茶店", "other（その他）"),
    ("hosts.csv", 4, "名称", "", "必ず書く欄"),
    ("hosts.csv", 5, "受け入れ先ID", "K01", "2行目を生かしました"),
    ("hosts.csv", 7, "回答日", "46300", "2026-10-05 のことなら"),
    ("hosts.csv", 9, "受け入れ可否", "相談中", "yes（可） / conditional（条件付き） / no（不可）"),
    ("hosts.csv", 10, "緯度", "134.91", "-90から90まで"),
    ("openings.csv", 3, "schedule", "目 10:00-12:00", "曜日や日付として読めません"),
    ("openings.csv", 4, "schedule", "月 15:00-13:30", "始まりの 15:00 より前"),
    ("openings.csv", 5, "schedule", "火 9:00-9:00", "始まりの 9:00 と同じ"),
    ("openings.csv", 6, "schedule", "2027-02-29 10:00-12:00", "2027-02-29 という日はありません"),
    ("openings.csv", 7, "host_id", "K88", "「K88」という受け入れ先はありません"),
    ("openings.csv", 8, "host_id", "K02", "hosts.csv の3行目"),
    ("openings.csv", 9, "capacity", "いくらでも", "整数"),
    ("openings.csv", 10, "opening_id", "", "必ず書く欄"),
    ("openings.csv", 11, "role", "付き添い", "attend（参加者） / help（ちょっとした手伝い） / contribute"),
    ("openings.csv", 14, "schedule", "木 9:00-11:00", "「木」には時刻がありません"),
    ("openings.csv", 16, "description", "長" * 60 + "…", "140,000字"),
    ("openings.csv", 17, "contact", "6", "1から5まで"),
    ("openings.csv", 18, "min_age", "70", "最高年齢 18 より大きく"),
    ("openings.csv", 19, "ends_on", "2027-03-01", "開始日 2027-03-10 より前"),
    ("openings.csv", 20, "schedule", "隔週日 10:00-12:00 (2026-12-07)", "日曜日の日付を書いて"),
    ("openings.csv", 21, "schedule", "土 23:00-1:30", "夜の12時をまたぐ"),
    ("openings.csv", 22, "schedule", "第2・第7水 10:00-12:00", "第7はありません"),
    ("openings.csv", 23, "schedule", "除く 2026-12-29〜2027-01-03", "だけでは、いつあるのか分かりません"),
    ("openings.csv", 24, "", "余りの一言", "見出しより多いセル"),
    ("people.csv", 3, "動ける範囲", "国内", "city（市内どこでも）"),
    ("people.csv", 4, "年齢", "還暦", "整数"),
    ("people.csv", 5, "区市町村", "", "必ず書く欄"),
    ("people.csv", 6, "出られる時間", "夕方から", "毎日 17:00-22:00"),
    ("people.csv", 8, "同意", "OK", "internal（社協内での検討に同意）"),
    ("people.csv", 9, "出られる時間", "平日 13:00-16:00 / 除く 2027-02-20～2027-02-10", "始まり 2027-02-20 より前"),
    ("companions.csv", 2, "kind", "近所の人", "family（家族） / other（その他）"),
    ("companions.csv", 3, "area_ids", "E1；E7", "「E7」という圏域はありません"),
    ("history.csv", 3, "person_id", "M66", "「M66」という本人はありません"),
    ("history.csv", 4, "status", "検討中", "placed（参加中）"),
    ("history.csv", 5, "on", "2026-04-31", "そのような日はありません"),
    ("conflicts.csv", 2, "person_b", "M01", "同じ人どうし"),
]

ACCEPTED: list[tuple[str, int, tuple[str, ...], Callable[[Record], bool]]] = [
    ("areas", 2, ("霧ヶ浜市", "E1"), lambda a: a.name == "川上"),
    (
        "hosts",
        2,
        ("K01",),
        lambda h: (h.name, h.accepts_as, h.max_newcomers) == ("こもれび ルーム", tuple(Role), 3),
    ),
    ("hosts", 6, ("K04",), lambda h: h.surveyed_on == date(2026, 10, 5)),
    ("hosts", 8, ("K06",), lambda h: h.name == '=WEBSERVICE("http://example.invalid/a")'),
    ("hosts", 11, ("K09",), lambda h: h.public and h.surveyed_on == date(2026, 10, 5)),
    (
        "openings",
        2,
        ("W01",),
        lambda o: o.schedule.no_holidays and (o.schedule.patterns[0].start, o.capacity, o.contact) == (780, 3, 2),
    ),
    ("openings", 12, ("W11",), lambda o: o.title == "絵本を 棚にもどす"),
    ("openings", 13, ("W12",), lambda o: [p.days for p in o.schedule.patterns] == [(2,), (5,)]),
    ("openings", 15, ("W14",), lambda o: len(o.description) == 3000),
    (
        "people",
        2,
        ("M01",),
        lambda p: (
            (p.age, p.interests, p.contact_max, p.waiting_since, p.consent)
            == (38, "鉄道~地図", 2, date(2026, 4, 15), Consent.INTERNAL)
        ),
    ),
    (
        "people",
        7,
        ("M06",),
        lambda p: (p.alias, p.interests, p.availability) == ("﨑2さん", "(有)▲▲の倉庫係。2将棋盤", None),
    ),
    ("history", 2, ("M01", "W01", "visited", date(2026, 10, 8)), lambda h: h.on == date(2026, 10, 8)),
    ("conflicts", 3, ("M01", "M06"), lambda c: c.person_a == "M06"),
]


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "phrase"), REFUSED, ids=[f"{f}:{r}" for f, r, *_ in REFUSED]
)
def test_row_is_refused(result: ReadResult, file: str, row: int, column: str, value: str, phrase: str) -> None:
    refusal = next(r for r in result.refused if (r.file, r.row) == (file, row))
    assert (refusal.column, refusal.value) == (column, value)
    assert phrase in refusal.text


@pytest.mark.parametrize(("sheet", "row", "key", "holds"), ACCEPTED, ids=[f"{s}:{r}" for s, r, *_ in ACCEPTED])
def test_row_is_accepted(
    result: ReadResult, sheet: str, row: int, key: tuple[str, ...], holds: Callable[[Record], bool]
) -> None:
    record = next(r for r in getattr(result.bundle, sheet) if r.key == key)
    assert holds(record)
    assert not [r for r in result.refused if (r.file, r.row) == (f"{sheet}.csv", row)]


def test_empty_row_is_passed_over_without_a_word(result: ReadResult) -> None:
    assert not [r for r in result.refused if (r.file, r.row) == ("openings.csv", 25)]
    assert not [n for n in result.notices if (n.file, n.row) == ("openings.csv", 25)]


def test_every_row_is_told_of(result: ReadResult) -> None:
    assert len(REFUSED) + len(ACCEPTED) + 1 == 52
    assert result.rows_refused == len({(r.file, r.row) for r in result.refused}) == len(REFUSED)
    assert sum(s.good for s in result.sheets) == len(ACCEPTED)


def test_all_halves_of_a_broken_cell_are_told(result: ReadResult) -> None:
    refusal = next(r for r in result.refused if (r.file, r.row) == ("openings.csv", 14))
    assert "「9:00-11:00」には曜日や日付がありません" in refusal.text


def test_unreadable_refusal_of_a_person_holds_the_pair_back_and_is_said_first(result: ReadResult) -> None:
    assert result.bundle.withheld == {("M06", "W01")}
    assert result.notices[0].code == "withheld"
    assert (result.notices[0].file, result.notices[0].row) == ("history.csv", 5)


def test_unknown_column_is_told_once_and_kept(result: ReadResult) -> None:
    assert [n.column for n in result.notices if n.code == "unknown_column"] == ["電話の控え"]
    hosts = next(s for s in result.sheets if s.sheet.file == "hosts.csv")
    assert hosts.extra == {"K01": {"電話の控え": "火曜は留守"}}


def test_eras_are_told(result: ReadResult) -> None:
    told = {(n.file, n.row): n.text for n in result.notices if n.code == "era_read"}
    assert told.keys() == {("hosts.csv", 6), ("people.csv", 2)}
    assert "2026-10-05" in told["hosts.csv", 6]


def test_reading_twice_gives_the_same(folder: Path, result: ReadResult) -> None:
    again = read_bundle(folder)
    assert (again.bundle, again.refused, again.notices) == (result.bundle, result.refused, result.notices)
