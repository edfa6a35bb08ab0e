"""Lifting: what was stored under an older version of an event is read as the newest one. Nothing stored changes."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from gongkai.contracts.envelope import Record
from gongkai.contracts.errors import UnknownVersion

Data = dict[str, Any]
Lift = Callable[[Data], Data]

LIFTS: dict[tuple[str, int], Lift] = {}


def lifts(name: str, version: int) -> Callable[[Lift], Lift]:
    """Register how the data of that version becomes the data of the next one. Pure; it may change its argument.

    A lift is never edited once it is released, since what it makes has been folded into read models.
    """

    def enter(lift: Lift) -> Lift:
        if (name, version) in LIFTS:
            raise ValueError(f"two lifts for {name}.v{version}")
        LIFTS[name, version] = lift
        return lift

    return enter


def liftable(name: str, version: int, newest: int) -> bool:
    """Is there a way from that version to the newest one?"""
    return version <= newest and all((name, each) in LIFTS for each in range(version, newest))


def lifted(record: Record, newest: int, steps: Mapping[tuple[str, int], Lift] = LIFTS) -> Data:
    """The record's data as of version `newest`. Raises UnknownVersion when a step is missing."""
    name, version = record.name, record.version
    if version > newest:
        raise UnknownVersion(record.type)
    data = record.data if version == newest else deepcopy(record.data)
    for each in range(version, newest):
        step = steps.get((name, each))
        if step is None:
            raise UnknownVersion(record.type)
        data = step(data)
    return data
