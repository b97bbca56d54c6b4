"""Area (圏域): a part of a municipality that one coordinator's team covers."""

from typing import ClassVar

from pydantic import Field

from matcher.model.cells import Id, Items, Latitude, Longitude, RequiredLine
from matcher.model.noun import Refers
from matcher.model.record import Record


class Area(Record):
    """An area; `neighbours` are areas that one walks or cycles to."""

    sheet: ClassVar[str] = "areas"
    sheet_ja: ClassVar[str] = "圏域"
    table: ClassVar[str] = "area"
    identity: ClassVar[tuple[str, ...]] = ("municipality", "area_id")

    area_id: Id = Field(title="圏域ID")
    municipality: RequiredLine = Field(title="区市町村")
    name: RequiredLine = Field(title="圏域名")
    neighbours: Items = Field(default=(), title="隣接圏域")
    lat: Latitude = Field(default=None, title="緯度")
    lon: Longitude = Field(default=None, title="経度")


IN_AREA = Refers(("municipality", "area_id"), Area.table, ("municipality", "area_id"))
