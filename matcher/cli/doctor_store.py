"""What the doctor asks of the database: server, schema, walls, keys in use, and work that does not go on."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from matcher.cli.finding import Finding, must, note
from matcher.errors import DebanError
from matcher.model.match_run import RunRecord, RunStatus
from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import health
from matcher.storage.backup import check_sees_all
from matcher.storage.keys import KeysError, read_keys
from matcher.storage.migrating import current_revision, engine_of, known_revisions, newest_revision
from matcher.storage.rotation import by_key
from matcher.storage.schema import table_of
from matcher.storage.server import LEAST_VERSION, Addresses, served
from matcher.storage.work import Store, now_in_tokyo

_STUCK = timedelta(minutes=2)  # a worker is heard of every few seconds
_WORKER_GONE = "60 seconds"
_CLOCK = 60  # seconds that two clocks may differ


def examined_store(settings: Settings) -> Iterator[Finding]:
    """Everything that is not as it should be in the database and its server."""
    if not settings.database_url and not (settings.home / "postgres" / "PG_VERSION").exists():
        yield must("データベースがまだありません。", "deban init を実行してください。")
        return
    try:
        with served(settings) as addresses:
            ready = True
            with engine_of(addresses.app).connect() as db:
                for one in _server(db):
                    ready = ready and not one.must
                    yield one
                yield from _login(db)
            if ready:
                yield from _inside(settings, addresses)
    except DebanError as error:
        yield must(str(error), "直してから、もう一度 deban doctor を実行してください。")
    except DBAPIError as error:  # its own text quotes rows
        said = getattr(getattr(error.orig, "diag", None), "message_primary", None) or type(error.orig).__name__
        yield must(
            f"データベースにつながらないか、読めません（{said}）。", "DATABASE_URL とサーバーを確かめてください。"
        )


def _server(db: Connection) -> Iterator[Finding]:
    number = int(db.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if number < LEAST_VERSION:
        yield must(f"PostgreSQL {number} は古すぎます。", f"{LEAST_VERSION} 以上のサーバーにしてください。")
    there = db.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    here = current_revision(db) if there else None
    if here is None:
        yield must("データベースの用意がすんでいません。", "deban init を実行してください。")
    elif here not in known_revisions():
        yield must("データベースが、この deban より新しい版のものです。", "deban を新しい版にしてください。")
    elif here != newest_revision():
        yield must(
            f"データベースの形が古いままです（{here}）。",
            "deban backup をとってから、deban migrate を実行してください。",
        )
    theirs = db.scalar(text("SELECT clock_timestamp()"))
    if theirs is not None and abs((now_in_tokyo() - theirs).total_seconds()) > _CLOCK:
        yield must(
            "この装置とデータベースの時計が、1分より多くずれています。", "時計を自動で合わせる設定にしてください。"
        )


_TOO_MUCH = {
    "superuser": "すべてを越えられる権限（SUPERUSER）をもっています",
    "bypassrls": "社協のあいだの壁を越えられる権限（BYPASSRLS）をもっています",
    "createrole": "利用者を作れる権限（CREATEROLE）をもっています",
    "owner": "表の持ち主になっています",
    "no_member": "deban_app に入っていません",
}


def _login(db: Connection) -> Iterator[Finding]:
    for code in health.too_much(db):
        yield must(
            f"アプリの接続の利用者が、{_TOO_MUCH[code]}。",
            "DATABASE_URL を、deban_app に入っているだけの利用者にしてください（docs/operations.md）。",
        )


def _inside(settings: Settings, addresses: Addresses) -> Iterator[Finding]:
    with engine_of(addresses.app).connect() as db:
        for table in health.bare_tables(db):
            yield must(
                f"表 {table} に、社協のあいだの壁がありません。",
                "使うのを止め、deban migrate を実行して、開発元に知らせてください。",
            )
        for table in health.open_to_everybody(db):
            yield must(f"表 {table} に、だれでも触れます。", f"REVOKE ALL ON {table} FROM PUBLIC を実行してください。")
        yield from _jobs(db)
    try:
        keys = read_keys(settings)
    except KeysError:
        return  # told already
    store = Store(addresses.app, keys, partial(read_keys, settings))
    owner = Store(addresses.owner, keys, partial(read_keys, settings))
    try:
        yield from _runs(store)
        if addresses.embedded or settings.admin_url:
            yield from _values(store, owner)
            with owner.engine.connect() as db:
                check_sees_all(db)
    finally:
        store.close()
        owner.close()


def _jobs(db: Connection) -> Iterator[Finding]:
    waiting, alive = db.execute(
        text(
            "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()), "
            f"(SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '{_WORKER_GONE}')"
        )
    ).one()
    if waiting and not alive:
        yield must(
            f"{waiting} 件の仕事が待っていますが、仕事をする deban work が動いていません。",
            "deban work を動かしてください。",
        )
    elif not alive:
        yield note("deban work が動いていません。", "マッチング、毎晩の仕事、監査の控えには deban work が要ります。")


def _runs(store: Store) -> Iterator[Finding]:
    table = table_of(RunRecord)
    for council in store.councils():
        with store.work(council, OPERATOR) as work:
            stuck = work.db.scalar(
                select(func.count())
                .select_from(table)
                .where(
                    work.ours(table),
                    table.c.status == RunStatus.RUNNING.value,
                    func.coalesce(table.c.heartbeat_at, table.c.started_at) < work.now - _STUCK,
                )
            )
        if stuck:
            yield must(
                f"社協 {council} で、マッチングが {stuck} 件、止まったままです。",
                "deban work を動かしなおしてください。続きからするか、できなかったと記録します。",
            )


def _values(store: Store, owner: Store) -> Iterator[Finding]:
    needed: Counter[int] = Counter()
    for council in store.councils():
        needed += by_key(owner, council)
    for number, values in sorted(needed.items()):
        if number not in store.sealer.keys.sealing:
            yield must(
                f"鍵 {number} がなく、{values} 件を開けません。",
                f"控えておいた鍵 {number} を、鍵のファイルに足してください。",
            )
        elif number != store.sealer.keys.current:
            yield note(
                f"{values} 件が、まだ古い鍵 {number} で守られています。", "deban keys rotate を実行してください。"
            )
