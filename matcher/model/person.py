"""Person (本人): somebody for whom one small thing is looked for, known under a nickname."""

from typing import ClassVar

from pydantic import Field

from matcher.model.area import IN_AREA
from matcher.model.cells import (
    Age,
    ConsentCode,
    Contact,
    Day,
    Effort,
    Flag,
    Id,
    Latitude,
    Line,
    Longitude,
    Minutes,
    ReachCode,
    Reference,
    RequiredLine,
    Roles,
    Text,
    Times,
    Wants,
)
from matcher.model.codes import Reach
from matcher.model.noun import Refers
from matcher.model.record import Record


class Person(Record):
    """A person in their own words. `availability` None is unknown; empty `roles` means any role."""

    sheet: ClassVar[str] = "people"
    sheet_ja: ClassVar[str] = "本人"
    table: ClassVar[str] = "person"
    identity: ClassVar[tuple[str, ...]] = ("person_id",)
    sealed: ClassVar[frozenset[str]] = frozenset(
        {"alias", "lat", "lon", "interests", "strengths", "avoid", "availability", "note"}
    )
    refers: ClassVar[tuple[Refers, ...]] = (IN_AREA,)

    person_id: Id = Field(title="本人ID")
    alias: Line = Field(default="", title="呼び名")
    age: Age = Field(default=None, title="年齢")
    municipality: RequiredLine = Field(title="区市町村")
    area_id: Reference = Field(default="", title="圏域ID")
    lat: Latitude = Field(default=None, title="緯度")
    lon: Longitude = Field(default=None, title="経度")
    interests: Text = Field(default="", title="関心")
    strengths: Text = Field(default="", title="得意・できること")
    avoid: Text = Field(default="", title="苦手・避けたいこと")
    availability: Times = Field(default=None, title="出られる時間")
    reach: ReachCode = Field(default=Reach.NEIGHBOUR, title="動ける範囲")
    max_travel_min: Minutes = Field(default=None, title="移動時間上限")
    roles: Roles = Field(default=(), title="希望する関わり方")
    contact_max: Contact = Field(default=None, title="交流の上限")
    physical_max: Effort = Field(default=None, title="体力の上限")
    wheelchair: Flag = Field(default=None, title="車いす利用")
    needs_companion: Flag = Field(default=None, title="同行希望")
    wants: Wants = Field(default=1, title="希望数")
    waiting_since: Day = Field(default=None, title="待ち始めた日")
    consent: ConsentCode = Field(default=None, title="同意")
    note: Text = Field(default="", title="備考")

    @property
    def called(self) -> str:
        """What to call the person: the nickname, else the ID."""
        return self.alias or self.person_id
