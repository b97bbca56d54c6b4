"""A request that comes twice is carried out once: a second press of the button gets the first one's answer."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from matcher.model.records import Answered
from matcher.storage.work import Work


def once(work: Work, service: str, request_key: str, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `do` gives, or what it gave when it was asked with this key before. Whoever asks meanwhile waits.

    Args:
        request_key: made by whoever shows the form, new for each form; an empty one is carried out every time.
        do: gives what can be written as JSON, without personal data.
    """
    if not request_key:
        return do()
    place = f"{work.council}/{service}/{request_key}"
    work.db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"), {"place": place})
    before = work.find(Answered, service, request_key)
    if before is not None:
        work.note("request.repeated", Answered, service)
        return before.record.outcome
    outcome = do()
    work.add(Answered(service=service, request_key=request_key, at=work.now, outcome=outcome))
    return outcome
