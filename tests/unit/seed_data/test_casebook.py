"""The bundles in seed_data/ keep the exchange format, resolve their references and hold what the casebook names."""

import csv
from pathlib import Path

import pytest

SEED = Path(__file__).parents[3] / "seed_data"

COLUMNS = {
    "areas": "area_id municipality name neighbours lat lon",
    "hosts": "host_id name kind municipality area_id address lat lon accepts accepts_as conditions max_newcomers "
    "surveyed_on public note source",
    "openings": "opening_id host_id title role description activities schedule capacity min_age max_age contact "
    "physical wheelchair online companion_required starts_on ends_on note",
    "people": "person_id alias age municipality area_id lat lon interests strengths avoid availability reach "
    "max_travel_min roles contact_max physical_max wheelchair needs_companion wants waiting_since consent note",
    "companions": "companion_id name kind municipality area_ids availability per_week",
    "history": "person_id opening_id status on reason",
    "conflicts": "person_a person_b",
}
REQUIRED = {
    "areas": "area_id municipality name",
    "hosts": "host_id name kind municipality source",
    "openings": "opening_id host_id title role",
    "people": "person_id alias municipality",
    "companions": "companion_id name kind municipality availability",
    "history": "person_id opening_id status",
    "conflicts": "person_a person_b",
}
ROLES = {"attend", "help", "contribute"}
YES_NO = {"", "yes", "no"}
CODES = {
    ("hosts", "kind"): {
        *("salon", "hub_salon", "cafeteria", "mini_day", "ibasho", "hub", "corporation", "association", "school"),
        *("volunteer_center", "npo", "company", "public", "online", "other"),
    },
    ("hosts", "accepts"): {"", "yes", "conditional", "no"},
    ("hosts", "public"): YES_NO,
    ("openings", "role"): ROLES,
    ("openings", "wheelchair"): YES_NO,
    ("openings", "online"): YES_NO,
    ("openings", "companion_required"): YES_NO,
    ("openings", "contact"): {"", "1", "2", "3", "4", "5"},
    ("openings", "physical"): {"", "1", "2", "3"},
    ("people", "reach"): {"", "home", "area", "neighbour", "city"},
    ("people", "consent"): {"", "none", "internal", "share"},
    ("people", "wheelchair"): YES_NO,
    ("people", "needs_companion"): YES_NO,
    ("people", "contact_max"): {"", "1", "2", "3", "4", "5"},
    ("people", "physical_max"): {"", "1", "2", "3"},
    ("companions", "kind"): {"csw", "minsei", "peer", "supporter", "family", "other"},
    ("history", "status"): {"pinned", "placed", "visited", "proposed", "declined", "refused", "ended", "forbidden"},
}
COUNCILS = {
    "SU": "墨田区",
    "SE": "世田谷区",
    "NA": "中野区",
    "TA": "立川市",
    "HA": "八王子市",
    "NI": "西東京市",
    "KO": "狛江市",
}
NICKNAMES = (
    *("わくわく栄", "ふれあい広場", "ほっと住吉", "クリーンあけぼの", "ふれあい碧", "いきいき泉", "ふれあい保谷"),
    *("にこにこ本町", "くじら山", "ほにほに", "柳小校区ふれあいの会", "向台小通域ふれあい会", "上向台サルビア"),
    *("いこいの中原", "ふれあいクラブ", "タワーみつわ", "はくうんぼく", "ファミリーたなし", "あい芝久保"),
)
HUBS = ("石川", "川口", "浅川", "大和田", "由井", "由木", "由木東", "台町", "恩方")
NAMED = {
    "SU": "プラットフォーム（1か所目）;プラットフォーム（2か所目）;プラットフォーム（3か所目）;よらっしょ;拠点型サロン",
    "SE": "小学校の花壇;デイサービス;スマホ講座;夕方からの子ども食堂;みつけばハウス;支えあいミニデイ",
    "NA": "中野ボランティアセンター;ナカーノ・ナカーマ;社会福祉法人等連絡会;フードパントリー;約400か所",
    "TA": "にこにこサロン;BASE☆298;ふくしネットたちかわ;フードバンク立川",
    "HA": "勉強教室;市民フォーラム;農福連携",
    "NI": "ほっとネット推進員;田無ステーション;保谷ステーション;りんく;地域の縁側;ふれまち助け合い活動",
    "KO": "よしこさん家;タルトタタン;こまち;ふらっとなんぶ;和泉手つなぎ会;いこいねっと;のがわのわ;"
    "福祉カレッジ;TODAY喜多見",
}

Row = dict[str, str]
Bundle = dict[str, list[Row]]


def read(folder: Path) -> Bundle:
    bundle: Bundle = {}
    for name in COLUMNS:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            bundle[name] = list(csv.DictReader(file, strict=True))
    return bundle


@pytest.fixture(params=["casebook", "demo"])
def folder(request: pytest.FixtureRequest) -> Path:
    return SEED / str(request.param)


@pytest.fixture
def bundle(folder: Path) -> Bundle:
    return read(folder)


@pytest.fixture(scope="module")
def casebook() -> Bundle:
    return read(SEED / "casebook")


@pytest.fixture(scope="module")
def demo() -> Bundle:
    return read(SEED / "demo")


def listed(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def by_id(rows: list[Row], column: str) -> dict[str, Row]:
    return {row[column]: row for row in rows}


def names_of(casebook: Bundle, council: str) -> str:
    return "\n".join(row["name"] for row in casebook["hosts"] if row["host_id"].startswith(f"H-{council}-"))


@pytest.mark.parametrize("name", COLUMNS)
def test_file_is_plain_utf8_with_the_english_header_and_full_rows(folder: Path, name: str) -> None:
    path = folder / f"{name}.csv"
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file, strict=True))
    assert header == COLUMNS[name].split()
    assert [row for row in rows if len(row) != len(header)] == []
    assert [row for row in rows if any(cell != cell.strip() for cell in row)] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_required_cells_are_filled(bundle: Bundle, name: str) -> None:
    assert [row for row in bundle[name] if not all(row[column] for column in REQUIRED[name].split())] == []


@pytest.mark.parametrize("name", ["areas", "hosts", "openings", "people", "companions"])
def test_ids_are_unique(bundle: Bundle, name: str) -> None:
    ids = [row[COLUMNS[name].split()[0]] for row in bundle[name]]
    assert len(ids) > 0
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize(("name", "column"), CODES)
def test_codes_are_valid(bundle: Bundle, name: str, column: str) -> None:
    assert {row[column] for row in bundle[name]} <= CODES[name, column]


def test_listed_roles_are_valid(bundle: Bundle) -> None:
    assert {role for row in bundle["hosts"] for role in listed(row["accepts_as"])} <= ROLES
    assert {role for row in bundle["people"] for role in listed(row["roles"])} <= ROLES


def test_areas_resolve_inside_the_municipality(bundle: Bundle) -> None:
    areas = by_id(bundle["areas"], "area_id")
    named = [(row["municipality"], row["area_id"]) for row in bundle["hosts"] + bundle["people"] if row["area_id"]]
    named += [(row["municipality"], area) for row in bundle["companions"] for area in listed(row["area_ids"])]
    named += [(row["municipality"], area) for row in bundle["areas"] for area in listed(row["neighbours"])]
    assert len(named) > 0
    assert [pair for pair in named if pair[1] not in areas or areas[pair[1]]["municipality"] != pair[0]] == []


def test_hosts_openings_and_people_resolve(bundle: Bundle) -> None:
    hosts, openings = by_id(bundle["hosts"], "host_id"), by_id(bundle["openings"], "opening_id")
    people = by_id(bundle["people"], "person_id")
    assert {row["host_id"] for row in bundle["openings"]} <= set(hosts)
    assert {row["opening_id"] for row in bundle["history"]} <= set(openings)
    assert {row["person_id"] for row in bundle["history"]} <= set(people)
    assert {row[side] for row in bundle["conflicts"] for side in ("person_a", "person_b")} <= set(people)


def test_no_opening_contradicts_the_roles_its_host_accepts(bundle: Bundle) -> None:
    hosts = by_id(bundle["hosts"], "host_id")
    contradicted = [
        row["opening_id"]
        for row in bundle["openings"]
        if (accepted := listed(hosts[row["host_id"]]["accepts_as"])) and row["role"] not in accepted
    ]
    assert contradicted == []


def test_readme_gives_the_counts_of_the_files(folder: Path, bundle: Bundle) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for name, rows in bundle.items():
        lines = [line for line in readme.splitlines() if line.startswith(f"| {name}.csv |")]
        assert [line.split("|")[3].strip() for line in lines] == [str(len(rows))], name


@pytest.mark.parametrize("council", COUNCILS)
def test_readme_gives_the_counts_of_each_council(casebook: Bundle, council: str) -> None:
    files = [("areas", ""), ("hosts", "H-"), ("openings", "O-"), ("people", "P-"), ("companions", "C-")]
    ids = {name: [row[COLUMNS[name].split()[0]] for row in casebook[name]] for name, _ in files}
    counts = [sum(id_.startswith(f"{letter}{council}-") for id_ in ids[name]) for name, letter in files]
    readme = (SEED / "casebook" / "README.md").read_text(encoding="utf-8")
    assert f"| {COUNCILS[council]} | {council} | " + " | ".join(map(str, counts)) + " |" in readme


def test_every_row_of_the_casebook_has_a_source(casebook: Bundle) -> None:
    assert [row for row in casebook["hosts"] if not row["source"].startswith(f"{row['municipality']}社協 ")] == []
    for name in ("openings", "people"):
        for row in casebook[name]:
            council = COUNCILS[row[COLUMNS[name].split()[0]].split("-")[1]]
            assert row["note"].startswith(f"出典: {council}社協 "), row


@pytest.mark.parametrize("name", ["hosts", "people", "companions"])
def test_ids_speak_of_the_council(casebook: Bundle, name: str) -> None:
    column = COLUMNS[name].split()[0]
    assert {row["municipality"] for row in casebook[name]} == set(COUNCILS.values())
    assert [row for row in casebook[name] if COUNCILS[row[column].split("-")[1]] != row["municipality"]] == []


def test_the_twenty_neighbourhood_groups_of_nishitokyo_are_there(casebook: Bundle) -> None:
    groups = [row for row in casebook["hosts"] if "住民懇談会愛称" in row["source"]]
    assert len(groups) == 20
    assert [row["name"] for row in groups][:19] == [f"住民懇談会「{nickname}」" for nickname in NICKNAMES]
    assert {row["kind"] for row in groups} == {"association"}
    offering = {row["host_id"] for row in casebook["openings"]}
    assert {row["host_id"] for row in groups} <= offering


def test_every_hachimaru_hub_is_there_with_the_address_of_the_table(casebook: Bundle) -> None:
    hubs = {row["name"]: row for row in casebook["hosts"] if row["name"].startswith("はちまるサポート")}
    assert set(hubs) == {f"はちまるサポート{name}" for name in HUBS} | {"はちまるサポート（10か所目）"}
    assert hubs["はちまるサポート由木"]["address"] == "八王子市 由木中央市民センター1階"
    assert [name for name in HUBS if not hubs[f"はちまるサポート{name}"]["address"]] == []


@pytest.mark.parametrize(("council", "names"), NAMED.items())
def test_what_each_council_names_is_there(casebook: Bundle, council: str, names: str) -> None:
    found = names_of(casebook, council)
    assert [name for name in listed(names) if name not in found] == []


def test_the_volunteer_menus_of_nakano_are_there(casebook: Bundle) -> None:
    titles = "\n".join(row["title"] for row in casebook["openings"] if row["opening_id"].startswith("O-NA-"))
    assert "すたんぷクラブ" in titles
    assert "NPOのホームページ" in titles


@pytest.mark.parametrize(
    ("alias", "opening", "accepts"),
    [
        ("すみれさん", "O-SE-001", "yes"),
        ("りくさん", "O-SE-002", "yes"),
        ("ひなたさん", "O-SE-003", "conditional"),
        ("ゆうきさん", "O-SE-004", "yes"),
    ],
)
def test_the_four_matches_of_setagaya_are_open(casebook: Bundle, alias: str, opening: str, accepts: str) -> None:
    task = by_id(casebook["openings"], "opening_id")[opening]
    host = by_id(casebook["hosts"], "host_id")[task["host_id"]]
    person = by_id(casebook["people"], "alias")[alias]
    assert (host["accepts"], host["accepts_as"], task["role"]) == (accepts, "help", "help")
    assert task["schedule"] != "" and "日時は仮" in task["note"]
    assert (person["consent"], person["municipality"]) == ("share", host["municipality"])
    assert person["availability"] != ""
    assert task["title"] not in person["interests"]


def test_who_goes_out_only_from_evening_is_free_while_the_cafeteria_is_open(casebook: Bundle) -> None:
    person = by_id(casebook["people"], "alias")["ゆうきさん"]
    cafeteria = by_id(casebook["openings"], "opening_id")["O-SE-004"]
    assert person["availability"] == "毎日 17:00-21:00"
    assert cafeteria["schedule"] == "木 17:00-19:30"


def test_assumed_hours_are_marked(casebook: Bundle) -> None:
    assert [row["alias"] for row in casebook["people"] if row["availability"] and "時間は仮" not in row["note"]] == []


def test_unstated_schedules_stay_blank(casebook: Bundle) -> None:
    scheduled = [row for row in casebook["openings"] if row["schedule"]]
    assumed = [row["opening_id"] for row in scheduled if "日時は仮" in row["note"]]
    assert assumed == ["O-SE-001", "O-SE-002", "O-SE-003", "O-SE-004"]
    assert [row["schedule"] for row in scheduled if row["opening_id"] not in assumed] == ["土 10:00-12:00"]


def test_all_demonstration_people_are_of_the_made_up_city(demo: Bundle) -> None:
    rows = [row for name in ("areas", "hosts", "people", "companions") for row in demo[name]]
    assert {row["municipality"] for row in rows} == {"若葉野市"}
    assert {row["kind"] for row in demo["hosts"]} == CODES["hosts", "kind"]
    assert {row["accepts"] for row in demo["hosts"]} == CODES["hosts", "accepts"]


def test_the_demonstration_shows_every_kind_of_answer(demo: Bundle) -> None:
    people = by_id(demo["people"], "alias")
    assert people["とおるさん"]["consent"] == "none"
    assert people["みのりさん"]["availability"] == ""
    assert people["ゆうさん"]["needs_companion"] == "yes"
    assert people["あおいさん"]["availability"] == "毎日 21:30-24:00"
    assert [row["status"] for row in demo["history"]].count("declined") == 1
    assert len(demo["conflicts"]) == 1
