"""What happens in the demo's year, day by day: a pure function of the seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.demo import applications, documents
from gongkai.demo.context import Scene
from gongkai.demo.district import DECIDED_ON, beside, district
from gongkai.demo.documents import Dated
from gongkai.demo.supplied_documents import Paper
from gongkai.demo.tasks import Errand, Kind, Say
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import Workdays

DOCUMENTS, APPLICATIONS = 2000, 400  # at scale 1

# Drafts first: others' work follows from them, and can go on beside the rest of the day's.
_ORDER: Final[tuple[Kind, ...]] = ("register", "draft", "review", "publish", "receive", "answer")


@dataclass(frozen=True, slots=True)
class Year:
    scene: Scene
    units: tuple[Unit, ...]  # the district's, and the agencies of the papers
    agenda: Mapping[date, tuple[Errand, ...]]

    def errands(self) -> int:
        return sum(map(len, self.agenda.values()))


def plan(seed: int, scale: float, papers: tuple[Paper, ...] = ()) -> Year:
    """The year of a district, and the way of the papers through it."""
    scene = Scene(seed, district(), Workdays())
    agenda: dict[date, list[Errand]] = {}
    for life in (
        reorganisations(scene),
        documents.of_papers(scene, papers),
        documents.lives(scene, _count(DOCUMENTS, scale)),
        applications.lives(scene, _count(APPLICATIONS, scale)),
    ):
        for day, errand in life:
            if day is not None:
                agenda.setdefault(day, []).append(errand)
    agencies = dict.fromkeys(paper.agency for paper in papers)
    in_order = {
        day: tuple(sorted(errands, key=lambda errand: _ORDER.index(errand.kind)))
        for day, errands in sorted(agenda.items())
    }
    return Year(scene, (*beside(), *scene.units, *agencies), in_order)


def reorganisations(scene: Scene) -> Iterator[Dated]:
    """Units that end in the year: decided, and entered in the register, some days before (SC-A1.3)."""
    for unit in scene.units:
        if unit.ends is not None:
            said = Say(
                "intake", f"/units/{unit.id}/ending", "registrar", unit.ending(), scene.key("ending", unit.id)
            )
            yield DECIDED_ON, Errand("register", (said,))


def _count(at_one: int, scale: float) -> int:
    return max(1, round(at_one * scale))
