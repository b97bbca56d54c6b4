"""Who may do what: one table of actions and kinds of actor, and the people a coordinator may see. Denied by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from matcher.errors import DebanError
from matcher.model.codes import Coded


class NotAllowed(DebanError):
    """The actor may not do this; `action` tells what."""

    def __init__(self, action: "Action", reason: str) -> None:
        super().__init__(reason)
        self.action = action


class Kind(Coded):
    """As what somebody acts."""

    OPERATOR = "operator", "システムの運用者"
    ADMINISTRATOR = "administrator", "管理者"
    LEAD = "lead", "統括"
    COORDINATOR = "coordinator", "コーディネーター"
    STATISTICS = "statistics", "実績をみる人"
    HOST_LINK = "host_link", "受け入れ先のリンク"
    INTAKE_LINK = "intake_link", "相談受付のリンク"
    WORKER = "worker", "自動の仕事"
    NOBODY = "nobody", "ログインしていない人"


class Action(Coded):
    """What is done; each service names one."""

    MAKE_COUNCIL = "make_council", "社協をつくる"
    SET_COUNCIL = "set_council", "社協の設定をかえる"
    MANAGE_ACCOUNTS = "manage_accounts", "アカウントを管理する"
    ACCEPT_INVITATION = "accept_invitation", "招待を受けてパスワードを決める"
    LOG_IN = "log_in", "ログインする"
    SEE_CATALOGUE = "see_catalogue", "受け入れ先をみる"
    EDIT_CATALOGUE = "edit_catalogue", "受け入れ先を書きかえる"
    SEE_PEOPLE = "see_people", "本人の記録をみる"
    EDIT_PEOPLE = "edit_people", "本人の記録を書きかえる"
    ASSIGN_PEOPLE = "assign_people", "担当を決める"
    ERASE_PEOPLE = "erase_people", "本人の記録を消す"
    RECORD_CONSENT = "record_consent", "同意を記録する"
    DISCLOSE = "disclose", "受け入れ先に伝える"
    SEE_DISCLOSED = "see_disclosed", "伝えた内容をみる"
    IMPORT = "import", "ファイルから取り込む"
    EXPORT = "export", "データを書き出す"
    RUN_MATCH = "run_match", "マッチングをする"
    WORK_RUN = "work_run", "マッチングの仕事をする"
    REVIEW = "review", "提案を見て決める"
    CONFIRM = "confirm", "参加を決める"
    RECORD = "record", "様子を記録する"
    MANAGE_SURVEY = "manage_survey", "調査をする"
    ANSWER_SURVEY = "answer_survey", "調査に答える"
    SEE_HOST_PAGE = "see_host_page", "受け入れ先のページをみる"
    MANAGE_LINKS = "manage_links", "リンクをつくる、止める"
    MANAGE_CARDS = "manage_cards", "資源開発カードを書く"
    SEND_INTAKE = "send_intake", "相談を送る"
    SEE_STATISTICS = "see_statistics", "実績をみる"
    SEE_AUDIT = "see_audit", "操作の記録をみる"
    KEEP = "keep", "決めた期間がすぎた記録を消す"


_ADMIN, _LEAD, _COORD = Kind.ADMINISTRATOR, Kind.LEAD, Kind.COORDINATOR
_TEAM = frozenset({_LEAD, _COORD})
_HOST, _INTAKE = Kind.HOST_LINK, Kind.INTAKE_LINK
TABLE: Mapping[Action, frozenset[Kind]] = {
    Action.MAKE_COUNCIL: frozenset({Kind.OPERATOR}),
    Action.SET_COUNCIL: frozenset({Kind.OPERATOR, _ADMIN}),
    Action.MANAGE_ACCOUNTS: frozenset({Kind.OPERATOR, _ADMIN}),
    Action.ACCEPT_INVITATION: frozenset({Kind.NOBODY}),
    Action.LOG_IN: frozenset({Kind.NOBODY}),
    Action.SEE_CATALOGUE: _TEAM | {_ADMIN},
    Action.EDIT_CATALOGUE: _TEAM,
    Action.SEE_PEOPLE: _TEAM,
    Action.EDIT_PEOPLE: _TEAM,
    Action.ASSIGN_PEOPLE: frozenset({_LEAD}),
    Action.ERASE_PEOPLE: frozenset({_LEAD}),
    Action.RECORD_CONSENT: _TEAM,
    Action.DISCLOSE: _TEAM,
    Action.SEE_DISCLOSED: _TEAM | {_HOST},
    Action.IMPORT: frozenset({Kind.OPERATOR, _LEAD}),
    Action.EXPORT: frozenset({_LEAD}),
    Action.RUN_MATCH: _TEAM,
    Action.WORK_RUN: frozenset({Kind.WORKER}),
    Action.REVIEW: _TEAM,
    Action.CONFIRM: _TEAM,
    Action.RECORD: _TEAM,
    Action.MANAGE_SURVEY: _TEAM,
    Action.ANSWER_SURVEY: _TEAM | {_HOST},
    Action.SEE_HOST_PAGE: frozenset({_HOST}),
    Action.MANAGE_LINKS: _TEAM,
    Action.MANAGE_CARDS: _TEAM,
    Action.SEND_INTAKE: _TEAM | {_INTAKE},
    Action.SEE_STATISTICS: _TEAM | {_ADMIN, Kind.STATISTICS},
    Action.SEE_AUDIT: frozenset({Kind.OPERATOR, _ADMIN}),
    Action.KEEP: frozenset({Kind.OPERATOR, Kind.WORKER}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, the bearer of a link, the operator on the command line, or a worker.

    `areas` are (municipality, area_id); `host_id` is the host whose link it is.
    """

    kind: Kind
    account_id: UUID | None = None
    areas: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    link_id: UUID | None = None
    host_id: str = ""

    @property
    def name(self) -> str:
        """Who it is, without a name: for the audit and the columns that say by whom."""
        which = self.account_id or self.link_id
        return f"{self.kind.value}:{which}" if which else self.kind.value


OPERATOR = Actor(Kind.OPERATOR)
WORKER = Actor(Kind.WORKER)
NOBODY = Actor(Kind.NOBODY)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a person stands: their area, and the account that carries them."""

    municipality: str
    area_id: str
    carried_by: UUID | None


def may(actor: Actor, action: Action) -> bool:
    """Whether this kind of actor may do this at all."""
    return actor.kind in TABLE.get(action, frozenset())


def check(actor: Actor, action: Action) -> None:
    """As `may`.

    Raises:
        NotAllowed: the table does not say so.
    """
    if not may(actor, action):
        raise NotAllowed(action, f"{actor.kind.ja}は「{action.ja}」ことができません。")


def may_person(actor: Actor, action: Action, where: Where) -> bool:
    """Whether the actor may do this to this person: leads to everybody, coordinators in their areas and whom they carry.

    A person without an area whom nobody carries is the lead's, who decides on a coordinator. The bearer of a link
    has no person's file, whatever the action.
    """
    if not may(actor, action) or actor.kind in (_HOST, _INTAKE):
        return False
    if actor.kind is Kind.COORDINATOR:
        carries = where.carried_by is not None and where.carried_by == actor.account_id
        return carries or (where.municipality, where.area_id) in actor.areas
    return True


def check_person(actor: Actor, action: Action, where: Where) -> None:
    """As `may_person`.

    Raises:
        NotAllowed: not this action, or not for this person; the sentence is the same whether the person exists.
    """
    check(actor, action)
    if not may_person(actor, action, where):
        raise NotAllowed(action, "この本人は、担当の圏域にも担当の人にも含まれていません。統括に相談してください。")


def may_host(actor: Actor, action: Action, host_id: str) -> bool:
    """Whether the actor may do this for this host: the bearer of a host's link only for that host."""
    return may(actor, action) and (actor.kind is not Kind.HOST_LINK or actor.host_id == host_id)


def check_host(actor: Actor, action: Action, host_id: str) -> None:
    """As `may_host`.

    Raises:
        NotAllowed: not this action, or not for this host.
    """
    check(actor, action)
    if not may_host(actor, action, host_id):
        raise NotAllowed(action, "このリンクは、ほかの受け入れ先のものです。")
