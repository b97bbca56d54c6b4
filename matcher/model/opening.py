"""Opening (受け入れ枠・ちょっとできること): one small thing to do at a host."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from matcher.model.cells import (
    Age,
    Capacity,
    Contact,
    Day,
    Effort,
    Flag,
    Id,
    Items,
    RequiredLine,
    RoleCode,
    Text,
    Times,
    fault,
)
from matcher.model.noun import Refers
from matcher.model.record import Record


class Opening(Record):
    """An opening. `schedule` None means by arrangement; `capacity` counts newcomers per session."""

    sheet: ClassVar[str] = "openings"
    sheet_ja: ClassVar[str] = "受け入れ枠"
    table: ClassVar[str] = "opening"
    identity: ClassVar[tuple[str, ...]] = ("opening_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"note"})
    refers: ClassVar[tuple[Refers, ...]] = (Refers(("host_id",), "host", ("host_id",)),)

    opening_id: Id = Field(title="枠ID")
    host_id: Id = Field(title="受け入れ先ID")
    title: RequiredLine = Field(title="ちょっとできること")
    role: RoleCode = Field(title="役割")
    description: Text = Field(default="", title="内容")
    activities: Items = Field(default=(), title="活動")
    schedule: Times = Field(default=None, title="日時")
    capacity: Capacity = Field(default=1, title="定員")
    min_age: Age = Field(default=None, title="最少年齢")
    max_age: Age = Field(default=None, title="最高年齢")
    contact: Contact = Field(default=None, title="交流の度合い")
    physical: Effort = Field(default=None, title="体力")
    wheelchair: Flag = Field(default=None, title="車いす")
    online: Flag = Field(default=None, title="オンライン")
    companion_required: Flag = Field(default=None, title="同行必須")
    starts_on: Day = Field(default=None, title="開始日")
    ends_on: Day = Field(default=None, title="終了日")
    note: Text = Field(default="", title="備考")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_age is not None and self.max_age is not None and self.min_age > self.max_age:
            raise fault("ages_reversed", column="min_age", low=self.min_age, high=self.max_age)
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise fault("dates_reversed", column="ends_on", first=str(self.starts_on), last=str(self.ends_on))
        return self
