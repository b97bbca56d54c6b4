"""What a service is: one use case, one permission, one transaction that somebody else opened, and its audit event."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from matcher.permissions import Action, check
from matcher.storage.work import Work

P = ParamSpec("P")
R = TypeVar("R")


class NothingNoted(AssertionError):
    """A service ended without an audit event. That is a fault of the service."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, what it is allowed by, and whether it must leave an audit event."""

    name: str
    action: Action
    noted: bool
    function: Callable[..., Any]


SERVICES: dict[str, Service] = {}


def service(
    action: Action, *, noted: bool = True
) -> Callable[[Callable[Concatenate[Work, P], R]], Callable[Concatenate[Work, P], R]]:
    """Make a function a service. Its first argument is the work; it is called only where the actor may do the action.

    Args:
        action: what it is allowed by.
        noted: whether it must leave an audit event. Reading what is no person's leaves none.
    """

    def made(function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Work, P], R]:
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"

        @wraps(function)
        def called(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(work.actor, action)
            before = len(work.noted)
            answer = function(work, *args, **kwargs)
            if noted and len(work.noted) == before:
                raise NothingNoted(name)
            return answer

        SERVICES[name] = Service(name, action, noted, called)
        return called

    return made
