"""Host (受け入れ先): who takes people in, with the survey's answer."""

from typing import ClassVar

from pydantic import Field

from matcher.model.area import IN_AREA
from matcher.model.cells import (
    AcceptanceCode,
    Day,
    HostKindCode,
    Id,
    Latitude,
    Line,
    Longitude,
    Newcomers,
    Public,
    Reference,
    RequiredLine,
    Roles,
    Text,
)
from matcher.model.noun import Refers
from matcher.model.record import Record


class Host(Record):
    """A host. `accepts` None and an empty `accepts_as` mean unanswered; `max_newcomers` counts four weeks."""

    sheet: ClassVar[str] = "hosts"
    sheet_ja: ClassVar[str] = "受け入れ先"
    table: ClassVar[str] = "host"
    identity: ClassVar[tuple[str, ...]] = ("host_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"note"})
    refers: ClassVar[tuple[Refers, ...]] = (IN_AREA,)

    host_id: Id = Field(title="受け入れ先ID")
    name: RequiredLine = Field(title="名称")
    kind: HostKindCode = Field(title="種別")
    municipality: RequiredLine = Field(title="区市町村")
    area_id: Reference = Field(default="", title="圏域ID")
    address: Line = Field(default="", title="住所")
    lat: Latitude = Field(default=None, title="緯度")
    lon: Longitude = Field(default=None, title="経度")
    accepts: AcceptanceCode = Field(default=None, title="受け入れ可否")
    accepts_as: Roles = Field(default=(), title="受け入れ方")
    conditions: Text = Field(default="", title="条件")
    max_newcomers: Newcomers = Field(default=None, title="受け入れ上限")
    surveyed_on: Day = Field(default=None, title="回答日")
    public: Public = Field(default=False, title="公開")
    note: Text = Field(default="", title="備考")
    source: Text = Field(default="", title="出典")
