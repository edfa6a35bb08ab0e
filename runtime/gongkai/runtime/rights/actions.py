"""Every command, every protected read and every page is an action, and an endpoint says which ones it is for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gongkai.runtime.rights.grants import Anyone, Grant


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, by which clause. `writes`: it changes something, so auditors may not. `anywhere`: it isn't about one unit's
    case, so a duty in any unit will do. `code`: how a refusal is called."""

    service: str
    zh: str
    en: str
    clause: str
    grants: tuple[Grant, ...]
    writes: bool = False
    anywhere: bool = False
    code: str = "rights.duty"


# By the action's name, which is its name on the command line and in records of refusals, too.
Rules = Mapping[str, Rule]

EVERYWHERE: Final = "*"  # in the place of a service: all of them have it
OBSERVE: Final = "observe"
COMMON: Final[Rules] = {
    OBSERVE: Rule(
        EVERYWHERE,
        "运行状态、接口说明和静态文件",
        "health, descriptions, static files",
        "SC-1.1",
        (Anyone(),),
    )
}

_ACTIONS: dict[Callable[..., Any], tuple[str, ...]] = {}

F = TypeVar("F", bound=Callable[..., Any])


def acts(*actions: str) -> Callable[[F], F]:
    """Say which actions an endpoint is for. A test finds every endpoint that doesn't say."""

    def mark(endpoint: F) -> F:
        _ACTIONS[endpoint] = actions
        return endpoint

    return mark


def actions_of(endpoint: Callable[..., Any]) -> tuple[str, ...]:
    return _ACTIONS.get(endpoint, ())
