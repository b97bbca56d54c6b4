"""What a run came to, whether it was made in one process or by many towns' own."""

from typing import Protocol

from matcher.engine.answer import Answer
from matcher.engine.assignment import Plan
from matcher.engine.gaps import Gap
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem
from matcher.model import Bundle


class Outcome(Protocol):
    """A run's rows and figures; of many towns, `answers` hold suggestions alone."""

    @property
    def bundle(self) -> Bundle: ...
    @property
    def problem(self) -> Problem: ...
    @property
    def pairs(self) -> Pairs: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def answers(self) -> tuple[Answer, ...]: ...
    @property
    def gaps(self) -> tuple[Gap, ...]: ...
    @property
    def seconds(self) -> float: ...
