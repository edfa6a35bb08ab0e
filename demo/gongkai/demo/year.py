"""What happens in the demo's year, day by day: a pure function of the seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.demo import applications, documents
from gongkai.demo.context import DemoContext
from gongkai.demo.district import DECIDED_ON, district, units_outside
from gongkai.demo.documents import Dated
from gongkai.demo.supplied_documents import SuppliedDocument
from gongkai.demo.tasks import Command, Kind, Task
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import Workdays

DOCUMENTS, APPLICATIONS = 2000, 400  # at scale 1

# Drafts first: others' work follows from them, and runs concurrently with the rest of the day's. Signatures last: what
# they sign is on its way meanwhile.
_ORDER: Final[tuple[Kind, ...]] = ("register", "draft", "answer", "review", "publish", "receive", "sign")


@dataclass(frozen=True, slots=True)
class Year:
    context: DemoContext
    units: tuple[Unit, ...]  # the district's, and the agencies of the supplied documents
    agenda: Mapping[date, tuple[Task, ...]]

    def task_count(self) -> int:
        return sum(map(len, self.agenda.values()))


def plan(seed: int, scale: float, supplied: tuple[SuppliedDocument, ...] = ()) -> Year:
    """The year of a district, with the supplied documents in it."""
    context = DemoContext(seed, district(), Workdays())
    agenda: dict[date, list[Task]] = {}
    for course in (
        reorganisations(context),
        documents.supplied_documents(context, supplied),
        documents.documents_of_the_year(context, _count(DOCUMENTS, scale)),
        applications.applications_of_the_year(context, _count(APPLICATIONS, scale)),
    ):
        for day, task in course:
            if day is not None:
                agenda.setdefault(day, []).append(task)
    agencies = dict.fromkeys(each.agency for each in supplied)
    in_order = {
        day: tuple(sorted(tasks, key=lambda task: _ORDER.index(task.kind)))
        for day, tasks in sorted(agenda.items())
    }
    return Year(context, (*units_outside(), *context.units, *agencies), in_order)


def reorganisations(context: DemoContext) -> Iterator[Dated]:
    """Units that end in the year: decided, and entered in the register, some days before (SC-A1.3)."""
    for unit in context.units:
        if unit.ends is not None:
            command = Command(
                "intake",
                f"/units/{unit.id}/ending",
                "registrar",
                unit.ending(),
                context.command_id("ending", unit.id),
            )
            yield DECIDED_ON, Task("register", (command,))


def _count(at_one: int, scale: float) -> int:
    return max(1, round(at_one * scale))
