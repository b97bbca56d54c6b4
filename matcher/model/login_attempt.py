"""LoginAttempt (ログインの試み): how often one address failed to log in of late. Not bound to an account, nor to a council.

Its row stands in a council all the same, since every row does: one that the hash itself picks, so that addresses that
nobody has are counted like all others.
"""

from datetime import datetime
from typing import ClassVar

from matcher.model.noun import Noun


class LoginAttempt(Noun):
    """Attempts of one subject: an e-mail address, or a network address. Only its keyed hash is kept.

    `failed_at` are the latest attempts that have not proved right, oldest first; `waits` tells how often in a row a
    wait was set; no attempt is taken before `wait_until`.
    """

    table: ClassVar[str] = "login_attempt"
    identity: ClassVar[tuple[str, ...]] = ("subject",)

    subject: bytes
    failed_at: tuple[datetime, ...] = ()
    waits: int = 0
    wait_until: datetime | None = None
