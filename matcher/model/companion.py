"""Companion (同行者): somebody who stands beside the person on the first day."""

from typing import ClassVar

from pydantic import Field

from matcher.model.cells import CompanionKindCode, Id, Items, PerWeek, RequiredLine, Times
from matcher.model.record import Record


class Companion(Record):
    """A companion. Empty `area_ids` means the whole municipality; `per_week` counts first visits, Monday to Sunday."""

    sheet: ClassVar[str] = "companions"
    sheet_ja: ClassVar[str] = "同行者"
    table: ClassVar[str] = "companion"
    identity: ClassVar[tuple[str, ...]] = ("companion_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"name"})

    companion_id: Id = Field(title="同行者ID")
    name: RequiredLine = Field(title="氏名")
    kind: CompanionKindCode = Field(title="種別")
    municipality: RequiredLine = Field(title="区市町村")
    area_ids: Items = Field(default=(), title="担当圏域")
    availability: Times = Field(default=None, title="動ける時間")
    per_week: PerWeek = Field(default=2, title="週の上限")
