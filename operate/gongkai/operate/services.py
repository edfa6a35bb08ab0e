"""The services that are installed here, by what each declares of itself."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType

from gongkai.contracts.errors import UserError
from gongkai.ledger.projections import Projection
from gongkai.ledger.read import LogId
from gongkai.runtime.declaration import GROUP, Service


@cache
def installed() -> Mapping[str, Service]:
    """By name: those that own a log first, then by port."""
    found: list[Service] = [point.load() for point in entry_points(group=GROUP)]
    found.sort(key=lambda service: (not service.owns_log, service.port))
    return MappingProxyType({service.name: service for service in found})


def service_named(name: str) -> Service:
    """Raises UserError, with the names that there are."""
    if name not in installed():
        there = installed()
        raise UserError(
            f"没有服务 {name}，现有：{'、'.join(there)} / no service {name}; there are: {', '.join(there)}"
        )
    return installed()[name]


@cache
def installed_logs() -> Mapping[str, LogId]:
    """Every log, by its name."""
    return MappingProxyType({s.log.name: s.log for s in installed().values() if s.log is not None})


def register_logs() -> tuple[LogId, ...]:
    """The logs in which units, systems, delegations and the calendar are written."""
    return tuple(s.log for s in installed().values() if s.log is not None and s.holds_register)


def projections(service: Service) -> Sequence[Projection]:
    """Its views that can be built again from the logs."""
    found: Sequence[Projection] = getattr(import_module(f"{service.package}.app"), "PROJECTIONS", ())
    return found
