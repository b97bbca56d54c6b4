"""What the checker reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule, with whom and what it concerns.

    `rule` is the name of the broken rule's function. `person_id` or `opening_id` is empty where the fault belongs to
    no single one; `data` then names all of them.
    """

    rule: str
    person_id: str
    opening_id: str
    data: Mapping[str, object] = field(default_factory=dict)
