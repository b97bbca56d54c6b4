"""Council (社協): one organisation's data, walled off from every other's."""

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from matcher.model.cells import RequiredLine, fault
from matcher.model.noun import Between, Noun

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise fault("council_id")
    return text


CouncilId = Annotated[str, AfterValidator(_slug)]
Months = Annotated[int, Between(1, 240)]


class Council(Noun):
    """A council and what it has set for itself. Months count from the last event of the thing they speak of."""

    table: ClassVar[str] = "council"
    identity: ClassVar[tuple[str, ...]] = ()

    name: RequiredLine = Field(title="名称")
    survey_stale_months: Months = Field(default=12, title="回答を古いとみなす月数")
    keep_people_months: Months = Field(default=60, title="終わった本人の記録を残す月数")
    keep_runs_months: Months = Field(default=12, title="マッチングの記録を残す月数")
    keep_links_months: Months = Field(default=3, title="使い終えたリンクを残す月数")
    priority: tuple[str, ...] = Field(default=(), title="優先して考える人（本人ID）")
