"""Rules as data: contracts/rights.json, written from what the services declare, and read by whoever shows pages."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from json import loads
from typing import Any, Final

from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole
from gongkai.runtime.rights.actions import Rule, Rules
from gongkai.runtime.rights.grants import (
    Anyone,
    Asked,
    Auditor,
    Grant,
    Holds,
    Office,
    Oneself,
    Public,
    SignedIn,
    Speaks,
    SpeaksForAsked,
    Stands,
    WithToken,
)

_TEXTS: Final = ("service", "zh", "en", "clause", "code")
_FLAGS: Final = ("writes", "anywhere")

_READ: Final[Mapping[str, Callable[[Mapping[str, Any]], Grant]]] = {
    "Anyone": lambda _: Anyone(),
    "WithToken": lambda _: WithToken(),
    "Public": lambda _: Public(),
    "SignedIn": lambda _: SignedIn(),
    "Auditor": lambda _: Auditor(),
    "Oneself": lambda _: Oneself(),
    "Office": lambda data: Office(data["office"]),
    "Holds": lambda data: Holds(*map(Duty, data["duties"])),
    "Asked": lambda data: Asked(*map(Duty, data["duties"])),
    "Stands": lambda data: Stands(
        *map(StandingRole, data["roles"]), duty=Duty(data["duty"]) if "duty" in data else None
    ),
    "Speaks": lambda data: Speaks(HandIn(data["hands_in"])),
    "SpeaksForAsked": lambda data: SpeaksForAsked(HandIn(data["hands_in"])),
}


def document(services: Iterable[tuple[str, str, str, Rules]]) -> dict[str, Any]:
    """The content of rights.json. `services`: name, its Chinese and English label, what it declares."""
    listed = list(services)
    return {
        "services": [{"name": name, "zh": zh, "en": en} for name, zh, en, _ in listed],
        "actions": [
            {"action": str(action)} | _data_of(rule) for *_, rules in listed for action, rule in rules.items()
        ],
    }


@cache
def _file() -> Mapping[str, Any]:
    text = resources.files("gongkai.contracts").joinpath("rights.json").read_text("utf-8")
    found: Mapping[str, Any] = loads(text)
    return found


@cache
def published() -> Rules:
    """Every rule of every service, as rights.json has it."""
    return {each["action"]: _rule(each) for each in _file()["actions"]}


def labels() -> Mapping[str, tuple[str, str]]:
    """Services by name, with their Chinese and English label, in the order of the table."""
    return {each["name"]: (each["zh"], each["en"]) for each in _file()["services"]}


def _data_of(rule: Rule) -> dict[str, Any]:
    texts = {name: getattr(rule, name) for name in _TEXTS}
    flags = {name: True for name in _FLAGS if getattr(rule, name)}
    return texts | flags | {"grants": [_data_of_grant(grant) for grant in rule.grants]}


def _data_of_grant(grant: Grant) -> dict[str, Any]:
    data: dict[str, Any] = {"grant": type(grant).__name__}
    match grant:
        case Office():
            data |= {"office": grant.office}
        case Holds():
            data |= {"duties": [str(duty) for duty in grant.said]}
        case Stands():
            data |= {"roles": [str(role) for role in grant.said]}
            data |= {"duty": str(grant.duty)} if grant.duty else {}
        case Speaks():
            data |= {"hands_in": str(grant.what)}
    return data


def _rule(data: Mapping[str, Any]) -> Rule:
    grants = tuple(_READ[each["grant"]](each) for each in data["grants"])
    flags = {name: data.get(name, False) for name in _FLAGS}
    return Rule(grants=grants, **{name: data[name] for name in _TEXTS}, **flags)
