"""Every view that can be built again: its projection, whose it is, and the logs that it is folded from."""

from typing import Final

from gongkai.cli.mendable import Mendable
from gongkai.contracts.events import known
from gongkai.ledger.project import Projection
from gongkai.ledger.switch import View
from gongkai.runtime.topology import LOGS
from gongkai.services.console.views import PROJECTIONS as CONSOLE
from gongkai.services.intake.views import Applicants, Receipts
from gongkai.services.portal.views import Documents
from gongkai.services.publishing.views import Dockets

# Schema and projection: all that there are. Each is listed by its service.
ALL: Final[tuple[tuple[str, Projection], ...]] = (
    ("intake", Receipts()),
    ("intake", Applicants()),
    ("publishing", Dockets()),
    *(("console", projection) for projection in CONSOLE),
    ("portal", Documents()),
)


def view_named(name: str) -> View:
    """`console.document`. Raises Mendable, with the names that there are."""
    for schema, projection in ALL:
        if projection.name == name:
            return View(projection, schema, schema, LOGS, known)
    there = "、".join(projection.name for _, projection in ALL)
    raise Mendable(f"没有视图 {name}，现有：{there} / no view {name}; there are: {there.replace('、', ', ')}")
