"""Statuses: each noun that has one moves by a single table, from which its diagram in the documents is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.errors import DebanError
from matcher.model.codes import Coded


class NotPossibleNow(DebanError):
    """A step that the present status does not allow; `status` and `step` tell which."""

    def __init__(self, noun: str, status: Coded, step: str) -> None:
        super().__init__(
            f"{noun}はいま「{status.ja}」なので、この操作（{step}）はできません。画面を新しくして確かめてください。"
        )
        self.status = status
        self.step = step


@dataclass(frozen=True, slots=True)
class Machine:
    """Statuses of one noun. `moves` maps a status to the steps it allows and the status each leads to.

    `begins` are the statuses a new row may have. A status without steps is an end.
    """

    name: str
    ja: str
    begins: tuple[Coded, ...]
    moves: Mapping[Coded, Mapping[str, Coded]]

    def check_step(self, status: Coded, step: str) -> Coded:
        """The status that the step leads to.

        Raises:
            NotPossibleNow: the status does not allow the step.
        """
        if step not in self.moves.get(status, {}):
            raise NotPossibleNow(self.ja, status, step)
        return self.moves[status][step]

    def can_step(self, status: Coded, step: str) -> bool:
        """Whether the step is allowed; buttons ask this, `check_step` refuses."""
        return step in self.moves.get(status, {})

    def sources(self, step: str) -> tuple[Coded, ...]:
        """The statuses from which the step is allowed."""
        return tuple(status for status, steps in self.moves.items() if step in steps)

    @property
    def statuses(self) -> tuple[Coded, ...]:
        """Every status, in the order of its codes."""
        return tuple(type(self.begins[0]))

    def diagram(self) -> str:
        """The machine as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {status.value}: {status.ja}" for status in self.statuses]
        lines += [f"    [*] --> {status.value}" for status in self.begins]
        for status, steps in self.moves.items():
            lines += [f"    {status.value} --> {then.value}: {step}" for step, then in steps.items()]
        lines += [f"    {status.value} --> [*]" for status in self.statuses if not self.moves.get(status)]
        return "\n".join(lines)
