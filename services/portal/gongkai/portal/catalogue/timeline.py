"""The public part of a document's history: who, what, when, by which clause, and which event of the log (WY-B.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from gongkai.contracts.clauses import clause
from gongkai.contracts.vocabulary import Attribute, ConsultationKind
from gongkai.portal.catalogue.reads import Publication
from gongkai.rules.rulebooks import named
from gongkai.web import t
from gongkai.web.dates import date_words


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of a timeline (`timeline` in macros.html)."""

    what: str
    who: str
    time: datetime | None
    clause: str
    more: str | Markup = ""
    state: str = ""
    href: str = ""


@clause("WY-B.4")
def steps(publications: Sequence[Publication]) -> list[Step]:
    """Newest first. Only published facts are shown, not the names of who reviewed or was consulted."""
    found: list[Step] = []
    for n, each in enumerate(publications):
        found += _steps_of(each, first=n == 0)
    return found[::-1]


def _steps_of(p: Publication, first: bool) -> list[Step]:
    rulebook = named(p.rulebook)
    found = [
        Step(t("成文", "Formed"), p.unit_name, None, "GT-guide", date_words(p.formed_on)),
        Step(
            t("拟制并确定公开属性：主动公开", "Drafted with its attribute: proactive disclosure"),
            p.unit_name,
            p.drafted_at,
            rulebook.attributes[Attribute.PROACTIVE].clause,
            _fact(p.drafted),
        ),
    ]
    if p.consultations:
        n = len(p.consultations)
        found.append(
            Step(
                t(f"征求有关单位意见（{n}家）", f"Units concerned were asked ({n})"),
                p.unit_name,
                p.settled_at,
                rulebook.consultation(ConsultationKind.COORDINATE).clause,
                _fact(*p.consultations),
            )
        )
    found.append(
        Step(
            t("保密审查：公开", "Secrecy review: disclose"),
            p.unit_name,
            p.reviewed_at,
            rulebook.opinion.clause,
            _fact(p.review, t("审查的就是本页所示全文，一字未改。", "Of exactly the text shown here.")),
        )
    )
    words = t("发布", "Published") if first else t("更新后重新发布", "Changed and published again")
    found.append(
        Step(
            words,
            p.unit_name,
            p.published_at,
            rulebook.publish.clause,
            _fact(p.event_id, t(f"索引号 {p.index}", f"Index {p.index}")),
            "done",
        )
    )
    return found if first else found[1:]


def _fact(*parts: UUID | str) -> Markup:
    """Remarks, and the ids of the events in the log."""
    remarks = [p for p in parts if isinstance(p, str)]
    marked = Markup('<span class="fact">{} <span class="code">{}</span></span>')
    ids = [marked.format(t("记录编号", "Record"), p) for p in parts if isinstance(p, UUID)]
    return Markup("").join([Markup("{}").format(" ".join(remarks)), *ids])
