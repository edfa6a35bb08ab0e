"""The life of a demo's document: draft, secrecy review, consultation, perhaps an edit, publication (CX-6, WY-B, SC-3.3)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any, Final

from gongkai.cli.demo import prose
from gongkai.cli.demo.district import SECRECY_BODY, Unit
from gongkai.cli.demo.papers import Paper
from gongkai.cli.demo.steps import Errand, Say, key
from gongkai.cli.demo.workdays import YEAR, Workdays, share
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind, Opinion
from gongkai.services.review.domain.consultation import consultation_id

Dated = tuple[date | None, Errand]  # None: past the end of the year, so never

TERM: Final = {ConsultationKind.AFFECTS: 2, ConsultationKind.COORDINATE: 5}  # working days to answer, in sc
EARLY: Final = 0.85  # of the year: what is to be seen to its end begins in it

_REASONS: Final = {
    Attribute.ON_APPLICATION: (
        "仅涉及特定对象，不需要社会公众广泛知晓。",
        "涉及特定企业的办理情况，宜依申请提供。",
    ),
    Attribute.WITHHELD: (
        "属于内部事务信息，依据条例第十六条不予公开。",
        "属于讨论中的过程性信息，依据条例第十六条不予公开。",
    ),
}
_OPINIONS: Final = {
    Opinion.DISCLOSE: "经审查，不含国家秘密、商业秘密和个人隐私，可以公开。",
    Opinion.EXEMPT: "文中含有内部工作安排，公开后可能影响工作正常开展，免予公开。",
    Opinion.REFER: "涉及事项是否定密不明确，报保密指导部门审查。",
}
_OBJECTIONS: Final = (
    "文中所列数据与我单位口径不一致，建议核实后再公开。",
    "所涉事项尚在征求相关企业意见，现阶段公开不成熟。",
)
_ASKED: Final = (
    "文中涉及贵单位职责的内容是否准确",
    "所列数据、期限是否与贵单位掌握的一致",
    "拟公开的内容是否有异议",
)


@dataclass(frozen=True, slots=True)
class Traits:
    """How a document's life goes."""

    attribute: Attribute = Attribute.PROACTIVE
    consult: ConsultationKind | None = None
    answer: str = "agrees"  # agrees, objects, silent; silent-late: after its time
    opinion: Opinion = Opinion.DISCLOSE
    referred: bool = False
    edited: bool = False


def traits(count: int, dice: Random) -> list[Traits]:
    """A mix in fixed shares, scattered over the year."""
    mix = [Traits() for _ in range(count)]
    everyone = list(range(count))
    closed = dice.sample(everyone, share(count, 0.25))
    for n, at in enumerate(closed):
        mix[at] = Traits(Attribute.WITHHELD if n % 3 == 0 else Attribute.ON_APPLICATION)
    open_ones = [n for n in everyone if mix[n].attribute is Attribute.PROACTIVE]
    early = [n for n in open_ones if n < count * EARLY] or open_ones
    asked = dice.sample(early, share(len(early), 0.2 * count / len(early)))
    for n, at in enumerate(asked):
        kind = ConsultationKind.AFFECTS if n % 2 == 0 else ConsultationKind.COORDINATE
        # of every twenty two are never answered in time, one of either kind, and two objected to
        answer = {0: "silent", 1: "silent", 20: "silent-late", 6: "objects", 11: "objects"}
        said = answer.get(n % 40, answer.get(n % 20, "agrees"))
        mix[at] = replace(mix[at], consult=kind, answer=said)
    for at in dice.sample(open_ones, share(count, 0.04)):
        mix[at] = replace(mix[at], opinion=Opinion.EXEMPT)
    for at in dice.sample(open_ones, share(count, 0.02)):
        mix[at] = replace(mix[at], referred=True)
    agreed = [n for n in early if mix[n].answer == "agrees" and mix[n].opinion is Opinion.DISCLOSE]
    for at in dice.sample(agreed, share(count, 0.03)):
        mix[at] = replace(mix[at], edited=True)
    return mix


def lives(seed: int, count: int, units: tuple[Unit, ...], days: Workdays) -> Iterator[Dated]:
    """All documents of the year."""
    dice = Random(f"{seed}/documents")  # noqa: S311 - chance for a play, not for a secret
    numbers = dict.fromkeys((unit.id for unit in units), 0)
    for slot, kind in zip(days.slots(count), traits(count, dice), strict=True):
        unit = dice.choice(units)
        numbers[unit.id] += 1
        yield from _Life(seed, unit, numbers[unit.id], slot, kind, units, days).events()


class _Life:
    """One document. Its chance is its own, so that no other document's life changes it."""

    def __init__(
        self,
        seed: int,
        unit: Unit,
        n: int,
        slot: int,
        traits: Traits,
        units: tuple[Unit, ...],
        days: Workdays,
    ) -> None:
        self.seed, self.unit, self.traits, self.slot, self.days = seed, unit, traits, slot, days
        self.document = f"{unit.id}-{YEAR}-{n:04d}"
        self.dice = dice = Random(f"{seed}/{self.document}")  # noqa: S311 - as above
        self.matter, kind = dice.choice(unit.matters), dice.choice(prose.KINDS)
        self.category = Category.OTHER if kind in prose.INFORMAL else Category.OFFICIAL_DOCUMENT
        self.number = None if kind in prose.INFORMAL else f"{unit.mark}〔{YEAR}〕{n}号"
        self.title = prose.title(unit, self.matter, kind, dice)
        self.summary = prose.summary(unit, self.matter, kind)
        self.text = f"{self.number or unit.name}\n" + prose.body(unit, self.title, self.matter, kind, dice)
        self.asked = dice.choice([u for u in units if u.id != unit.id])
        self.drafter = unit.person(dice.choice(("drafter", "drafter-2")))

    def events(self) -> Iterator[Dated]:
        text, own = self.text.encode(), self.unit.person("secrecy")
        yield self._draft(self.slot, 1, text)
        reviewed = self.slot + self.dice.randint(1, 3)
        settled, answers = self._consultation(self.slot, text)
        yield from answers
        if self.traits.edited:
            yield self._review(reviewed, text, own, Opinion.DISCLOSE)
            text = self.text.replace("三个工作日", "两个工作日").encode() + "（经核改）\n".encode()
            edited = reviewed + self.dice.randint(1, 2)
            yield self._draft(edited, 2, text)
            reviewed = edited + self.dice.randint(1, 2)
            settled, answers = self._consultation(edited, text)
            yield from answers
        if self.traits.referred and self.unit.id != SECRECY_BODY:
            yield self._review(reviewed, text, own, Opinion.REFER)
            reviewed += self.dice.randint(1, 3)
            yield self._review(reviewed, text, f"{SECRECY_BODY}-secrecy", self.traits.opinion)
        else:
            yield self._review(reviewed, text, own, self.traits.opinion)
        if (
            settled is not None
            and self.traits.attribute is Attribute.PROACTIVE
            and self.traits.opinion is Opinion.DISCLOSE
        ):
            out = max(reviewed, settled) + self.dice.randint(1, 4)
            yield self._publish(out, text)

    def _draft(self, slot: int, version: int, text: bytes) -> Dated:
        day = self.days.at(slot)
        body: dict[str, Any] = {
            "document": self.document,
            "unit": self.unit.id,
            "title": self.title,
            "number": self.number,
            "category": self.category.value,
            "attribute": self.traits.attribute.value,
            "reason": self.dice.choice(_REASONS.get(self.traits.attribute, ("",))),
            "summary": self.summary,
            "digest": _digest(text),
            "formed_on": str(day),
            "consult": [
                {
                    "unit": self.asked.id,
                    "kind": self.traits.consult.value,
                    "matters": self.dice.choice(_ASKED),
                    "opinion": "拟主动公开",
                }
            ]
            if self.traits.consult
            else [],
        }
        return day, draft(self.seed, self.drafter, version, text, body)

    def _review(self, slot: int, text: bytes, reviewer: str, opinion: Opinion) -> Dated:
        said = review(self.seed, reviewer, self.document, _digest(text), opinion, _OPINIONS[opinion])
        return self.days.at(slot), said

    def _consultation(self, slot: int, text: bytes) -> tuple[int | None, list[Dated]]:
        """The working day on which it is settled by consent, if ever; and the answers given."""
        kind, said = self.traits.consult, self.traits.answer
        if kind is None:
            return slot, []
        term = TERM[kind]
        if said == "silent":
            return (slot + term + 1 if kind is ConsultationKind.COORDINATE else None), []
        late = said == "silent-late"
        at = slot + (term + self.dice.randint(2, 5) if late else self.dice.randint(1, term))
        agrees = said != "objects"
        asked = consultation_id(self.document, _digest(text), self.asked.id, kind)
        body: dict[str, Any] = {"agrees": agrees, "reason": "" if agrees else self.dice.choice(_OBJECTIONS)}
        if not agrees:
            body["signed_by"] = self.asked.person("deputy")
        command = Say(
            "review",
            f"/consultations/{asked}/answer",
            self.asked.person("disclosure"),
            body,
            key(self.seed, "consultation", asked),
        )
        return (at if agrees else None), [(self.days.at(at), Errand("review", (command,)))]

    def _publish(self, slot: int, text: bytes) -> Dated:
        return self.days.at(slot), publish(self.seed, self.unit, self.document, _digest(text))


def of_papers(seed: int, papers: tuple[Paper, ...], days: Workdays) -> Iterator[Dated]:
    """The texts of `--documents`: drafted on the first working day, reviewed on the next, published on the third."""
    for paper in papers:
        body = {
            "document": paper.document,
            "unit": paper.agency.id,
            "title": paper.title,
            "number": paper.number,
            "category": Category.OFFICIAL_DOCUMENT.value,
            "attribute": Attribute.PROACTIVE.value,
            "summary": f"{paper.agency.name}：{paper.title}（全文）。",
            "digest": paper.digest,
            "formed_on": str(paper.formed_on),
        }
        drafter = paper.agency.person("drafter")
        yield days.at(0), draft(seed, drafter, 1, paper.content, body, paper.media_type)
        reviewer, says = paper.agency.person("secrecy"), "已经公布施行，可以公开。"
        yield days.at(1), review(seed, reviewer, paper.document, paper.digest, Opinion.DISCLOSE, says)
        yield days.at(2), publish(seed, paper.agency, paper.document, paper.digest)


def draft(
    seed: int,
    drafter: str,
    version: int,
    text: bytes,
    body: dict[str, Any],
    media_type: str = "text/plain",
) -> Errand:
    document = body["document"]
    store = Say("intake", "/texts", drafter, text, key(seed, "text", document, version), media_type)
    hand_in = Say("intake", "/documents", drafter, body, key(seed, "draft", document, version))
    return Errand("draft", (store, hand_in))


def review(seed: int, reviewer: str, document: str, digest: str, opinion: Opinion, reason: str) -> Errand:
    body = {
        "digest": digest,
        "opinion": opinion.value,
        "basis": ["《中华人民共和国政府信息公开条例》第十四条至第十七条", "《中华人民共和国保守国家秘密法》"],
        "reason": reason,
    }
    said = key(seed, "review", document, digest, opinion.value)
    return Errand("review", (Say("review", f"/reviews/{document}", reviewer, body, said),))


def publish(seed: int, unit: Unit, document: str, digest: str) -> Errand:
    out = Say(
        "publishing",
        f"/publications/{document}",
        unit.person("disclosure"),
        {"digest": digest},
        key(seed, "publish", document, digest),
    )
    return Errand("publish", (out,))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
