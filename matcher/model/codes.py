"""Coded cells: the codes and the Japanese words that mean the same. Source: formats.md."""

from enum import StrEnum


class Coded(StrEnum):
    """A code with Japanese words; the first word is the one that is printed."""

    words: tuple[str, ...]

    def __new__(cls, code: str, *words: str) -> "Coded":
        member = str.__new__(cls, code)
        member._value_ = code
        member.words = words
        return member

    @property
    def ja(self) -> str:
        """The Japanese word for people."""
        return self.words[0] if self.words else self.value


class Role(Coded):
    """As what a person takes part (関わり方)."""

    ATTEND = "attend", "参加者", "参加者として"
    HELP = "help", "ちょっとした手伝い", "準備など簡単な活動", "手伝い"
    CONTRIBUTE = "contribute", "役割を発揮する活動者", "得意なこと・役割を発揮する活動者", "活動者"


class HostKind(Coded):
    """Kind of a host (種別)."""

    SALON = "salon", "サロン"
    HUB_SALON = "hub_salon", "拠点型サロン"
    CAFETERIA = "cafeteria", "子ども食堂・地域食堂", "子ども食堂", "地域食堂"
    MINI_DAY = "mini_day", "ミニデイ"
    IBASHO = "ibasho", "居場所"
    HUB = "hub", "地域拠点", "プラットフォーム", "アンテナショップ"
    CORPORATION = "corporation", "社会福祉法人・福祉施設", "社会福祉法人", "福祉施設"
    ASSOCIATION = "association", "町会・自治会・住民懇談会", "町会", "自治会", "住民懇談会"
    SCHOOL = "school", "学校"
    VOLUNTEER_CENTER = "volunteer_center", "ボランティアセンター"
    NPO = "npo", "NPO・市民団体", "市民団体"
    COMPANY = "company", "企業・商店", "企業", "商店"
    PUBLIC = "public", "公共施設"
    ONLINE = "online", "オンライン"
    OTHER = "other", "その他"


class Acceptance(Coded):
    """The host's answer on people who are socially isolated (受け入れ可否)."""

    YES = "yes", "可", "はい"
    CONDITIONAL = "conditional", "条件付き", "条件つき"
    NO = "no", "不可", "いいえ"


class Reach(Coded):
    """How far the person goes (動ける範囲)."""

    HOME = "home", "自宅のみ", "自宅のみ(オンライン)"
    AREA = "area", "圏域内"
    NEIGHBOUR = "neighbour", "隣の圏域まで"
    CITY = "city", "市内どこでも"


class Consent(Coded):
    """Consent (同意); never guessed from other words."""

    NONE = "none", "同意なし"
    INTERNAL = "internal", "社協内での検討に同意"
    SHARE = "share", "受け入れ先への情報提供に同意"


class CompanionKind(Coded):
    """Kind of a companion (同行者の種別)."""

    CSW = "csw", "CSW", "地域福祉コーディネーター"
    MINSEI = "minsei", "民生委員"
    PEER = "peer", "ピアサポーター"
    SUPPORTER = "supporter", "住民サポーター", "推進員", "カレッジ修了生"
    FAMILY = "family", "家族"
    OTHER = "other", "その他"


class HistoryStatus(Coded):
    """What became of a pair (これまでの状態)."""

    PINNED = "pinned", "決定済み"
    PLACED = "placed", "参加中"
    VISITED = "visited", "見学済み"
    PROPOSED = "proposed", "提案中"
    DECLINED = "declined", "本人辞退"
    REFUSED = "refused", "先方辞退"
    ENDED = "ended", "終了"
    FORBIDDEN = "forbidden", "不可"
