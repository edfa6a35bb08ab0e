"""Every view that can be built again: its projection, whose it is, and the logs that it is folded from."""

from typing import Final

from gongkai.console.views import PROJECTIONS as CONSOLE
from gongkai.contracts.errors import UserError
from gongkai.contracts.events import known
from gongkai.intake.applications.views import Applicants, Receipts
from gongkai.ledger.project import Projection
from gongkai.ledger.switch import View
from gongkai.portal.catalogue.views import Documents
from gongkai.publishing.release.views import Dockets
from gongkai.runtime.topology import LOGS

# Schema and projection: all that there are. Each is listed by its service.
ALL: Final[tuple[tuple[str, Projection], ...]] = (
    ("intake", Receipts()),
    ("intake", Applicants()),
    ("publishing", Dockets()),
    *(("console", projection) for projection in CONSOLE),
    ("portal", Documents()),
)


def view_named(name: str) -> View:
    """`console.document`. Raises UserError, with the names that there are."""
    for schema, projection in ALL:
        if projection.name == name:
            return View(projection, schema, schema, LOGS, known)
    there = "、".join(projection.name for _, projection in ALL)
    raise UserError(
        f"没有视图 {name}，现有：{there} / no view {name}; there are: {there.replace('、', ', ')}"
    )
