"""The restoration drill: a city ten times 中野区's catalogue with 5,000 people, backed up and restored from nothing.

It does what docs/operations.md says, by the same commands, in two made-up homes, and prints the seconds of each step.

    python -m tests.operations.drill
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from matcher.model.area import Area
from matcher.model.codes import Consent, HostKind, Role
from matcher.model.companion import Companion
from matcher.model.contact import HostContact
from matcher.model.council import Council
from matcher.model.host import Host
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import FollowUp, FollowUpKind
from matcher.permissions import OPERATOR
from matcher.services.councils import add_council
from matcher.services.opening_store import opened
from matcher.settings import Settings
from matcher.storage.work import Store

HOSTS, OPENINGS_EACH, PEOPLE, COMPANIONS, WORDS_EACH = 4200, 2, 5000, 300, 10
CITY, COUNCIL = "練習市", "drill"
LIMIT = 300  # seconds


def build(store: Store, chance: random.Random) -> None:
    """The city's rows, through the same door as everything."""
    with store.work(COUNCIL, OPERATOR) as work:
        add_council(work, Council(name="練習市社会福祉協議会"))
    areas = [f"A{n:02}" for n in range(40)]
    with store.work(COUNCIL, OPERATOR) as work:
        work.add(*(Area(area_id=area, municipality=CITY, name=f"{area}圏域") for area in areas))
        work.add(
            *(
                Host(
                    host_id=f"H{n:05}", name=f"居場所{n}", kind=chance.choice(list(HostKind)), municipality=CITY,
                    area_id=chance.choice(areas), address=f"練習町{n}番地", conditions="静かな人でも", note="鍵は隣の家に",
                )
                for n in range(HOSTS)
            )
        )  # fmt: skip
        work.add(
            *(HostContact(host_id=f"H{n:05}", name=f"連絡先{n}", phone=f"000-{n:04}-0000") for n in range(HOSTS)),
            *(
                Opening(
                    opening_id=f"O{n:05}-{k}", host_id=f"H{n:05}", title="花壇の水やり", role=chance.choice(list(Role)),
                    schedule=f"{chance.choice('月火水木金土日')} {9 + k}:00-{11 + k}:00", description="ゆっくりでよい" * 5,
                )
                for n in range(HOSTS)
                for k in range(OPENINGS_EACH)
            ),
            *(Companion(companion_id=f"C{n:03}", name=f"同行{n}", kind="csw", municipality=CITY) for n in range(COMPANIONS)),
        )  # fmt: skip
        work.note("drill.made", "host", count=HOSTS)
    for begin in range(0, PEOPLE, 500):
        with store.work(COUNCIL, OPERATOR) as work:
            ids = [f"P{n:05}" for n in range(begin, begin + 500)]
            work.add(
                *(
                    Person(
                        person_id=one, alias=f"呼び名{one}", age=chance.randint(15, 64), municipality=CITY,
                        area_id=chance.choice(areas), interests="花と犬がすき。" * 8, strengths="細かい作業" * 4,
                        avoid="人ごみ", availability="平日 13:00-17:00", consent=Consent.INTERNAL, note="夕方に電話" * 6,
                    )
                    for one in ids
                )
            )  # fmt: skip
            work.add(
                *(
                    FollowUp(
                        follow_up_id=UUID(int=chance.getrandbits(128), version=4), person_id=one, kind=FollowUpKind.CONTACT,
                        on=datetime(2026, 11, 1, tzinfo=UTC).date(), words="電話で話した。少し元気そうだった。" * 3, by="operator",
                    )
                    for one in ids
                    for _ in range(WORDS_EACH)
                )
            )  # fmt: skip
            for one in ids:
                work.note("person.added", Person, one)


def deban(home: Path, *arguments: str) -> float:
    """Run the command as a person would; the seconds it took."""
    began = time.monotonic()
    environment = {**os.environ, "DEBAN_HOME": str(home)}
    command = Path(sys.executable).parent / "deban"
    done = subprocess.run([str(command), *arguments], env=environment, text=True, capture_output=True)
    seconds = time.monotonic() - began
    print(f"  $ deban {' '.join(arguments)}   [{seconds:.1f} s]")
    print("".join(f"    {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="")
    if done.returncode:
        sys.exit(f"deban {arguments[0]} ended with {done.returncode}")
    return seconds


def main() -> None:
    """Run the drill; it ends with status 1 where the restoration took longer than the limit."""
    with tempfile.TemporaryDirectory(prefix="deban-") as folder:
        root = Path(folder)
        old, new = root / "old", root / "new"
        deban(old, "init")
        began = time.monotonic()
        with opened(Settings(home=old)) as store:
            build(store, random.Random(20261201))
        print(f"  city built   [{time.monotonic() - began:.1f} s]")
        deban(old, "keys", "backup-pair", str(root / "secret"))
        deban(old, "audit", "export")
        deban(old, "backup", str(root / "nightly"))
        (backup,) = (root / "nightly").glob("*.age")

        print("restoration, from nothing:")
        (new / "private").mkdir(parents=True, mode=0o700)
        for name in ("keys", "audit-heads.jsonl"):
            shutil.copyfile(old / "private" / name, new / "private" / name)
        (new / "private" / "keys").chmod(0o600)
        seconds = deban(new, "keys", "show")
        seconds += deban(new, "restore", str(backup), "--identity", str(root / "secret"))
        seconds += deban(new, "audit", "verify")
        print(f"restored and verified in {seconds:.1f} s ({backup.stat().st_size / 1e6:.1f} MB)")
        sys.exit(seconds > LIMIT)


if __name__ == "__main__":
    main()
