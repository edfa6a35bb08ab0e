"""Every view that can be built again: its projection, whose it is, and the logs that it is folded from."""

from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.contracts.errors import UserError
from gongkai.contracts.events import require_known
from gongkai.ledger import projection_version
from gongkai.ledger.projections import Projection
from gongkai.ledger.read import Connection
from gongkai.ledger.rebuild import LiveProjection
from gongkai.operate.services import installed, installed_logs, projections


def every_view() -> Iterator[tuple[str, Projection]]:
    """Schema and projection: all that the services declare."""
    for name, service in installed().items():
        for projection in projections(service):
            yield name, projection


@dataclass(frozen=True, slots=True)
class OutdatedView:
    """A view whose tables are folded by another version than the installed program's."""

    name: str
    stored: int
    program: int


async def outdated_views(conn: Connection) -> list[OutdatedView]:
    """As the monitor sees them."""
    found = []
    for schema, projection in every_view():
        stored = await projection_version.stored(conn, schema, schema, projection)
        if stored != projection.version:
            found.append(OutdatedView(projection.name, stored, projection.version))
    return found


def view_named(name: str) -> LiveProjection:
    """`console.document`. Raises UserError, with the names that there are."""
    for schema, projection in every_view():
        if projection.name == name:
            return LiveProjection(projection, schema, schema, installed_logs(), require_known)
    there = "、".join(projection.name for _, projection in every_view())
    raise UserError(
        f"没有视图 {name}，现有：{there} / no view {name}; there are: {there.replace('、', ', ')}"
    )
