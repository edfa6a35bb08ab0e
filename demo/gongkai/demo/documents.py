"""A document in the demo: draft, secrecy review, consultation, perhaps an edit, publication (CX-6, WY-B, SC-3.3)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any, Final

from gongkai.contracts.streams import consultation_id
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind, Opinion
from gongkai.demo import document_texts
from gongkai.demo.context import DemoContext
from gongkai.demo.district import SECRECY_BODY
from gongkai.demo.supplied_documents import SuppliedDocument
from gongkai.demo.tasks import Command, Task
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import YEAR, sample, share

Dated = tuple[date | None, Task]  # None: past the end of the year, so never

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
    """What happens to a document."""

    attribute: Attribute = Attribute.PROACTIVE
    consult: ConsultationKind | None = None
    answer: str = "agrees"  # agrees, objects, silent; silent-late: after its time
    opinion: Opinion = Opinion.DISCLOSE
    referred: bool = False
    edited: bool = False


def traits(count: int, random: Random) -> list[Traits]:
    """A mix in fixed shares, scattered over the year."""
    mix = [Traits() for _ in range(count)]
    everyone = list(range(count))
    closed = sample(random, everyone, share(count, 0.25))
    for n, at in enumerate(closed):
        mix[at] = Traits(Attribute.WITHHELD if n % 3 == 0 else Attribute.ON_APPLICATION)
    open_ones = [n for n in everyone if mix[n].attribute is Attribute.PROACTIVE]
    early = [n for n in open_ones if n < count * EARLY] or open_ones
    asked = sample(random, early, share(len(early), 0.2 * count / len(early)))
    for n, at in enumerate(asked):
        kind = ConsultationKind.AFFECTS if n % 2 == 0 else ConsultationKind.COORDINATE
        # of every twenty two are never answered in time, one of either kind, and two objected to
        answers = {0: "silent", 1: "silent", 20: "silent-late", 6: "objects", 11: "objects"}
        answer = answers.get(n % 40, answers.get(n % 20, "agrees"))
        mix[at] = replace(mix[at], consult=kind, answer=answer)
    for at in sample(random, open_ones, share(count, 0.04)):
        mix[at] = replace(mix[at], opinion=Opinion.EXEMPT)
    for at in sample(random, open_ones, share(count, 0.02)):
        mix[at] = replace(mix[at], referred=True)
    agreed = [n for n in early if mix[n].answer == "agrees" and mix[n].opinion is Opinion.DISCLOSE]
    for at in sample(random, agreed, share(count, 0.03)):
        mix[at] = replace(mix[at], edited=True)
    return mix


def documents_of_the_year(context: DemoContext, count: int) -> Iterator[Dated]:
    """All documents of the year."""
    random = context.random("documents")
    numbers = dict.fromkeys((unit.id for unit in context.units), 0)
    for slot, how in zip(context.days.slots(count), traits(count, random), strict=True):
        unit = context.acting(random.choice(context.units), context.days.at(slot))
        numbers[unit.id] += 1
        yield from _Course(context, unit, numbers[unit.id], slot, how).events()


class _Course:
    """One document: the `n`-th of its unit, drafted on working day `slot`."""

    def __init__(self, context: DemoContext, unit: Unit, n: int, slot: int, traits: Traits) -> None:
        self.context, self.unit, self.traits, self.slot = context, unit, traits, slot
        self.document = f"{unit.id}-{YEAR}-{n:04d}"
        self.random = random = context.random(self.document)
        self.matter, kind = random.choice(unit.matters), random.choice(document_texts.KINDS)
        self.category = Category.OTHER if kind in document_texts.INFORMAL else Category.OFFICIAL_DOCUMENT
        self.number = None if kind in document_texts.INFORMAL else f"{unit.mark}〔{YEAR}〕{n}号"
        self.title = document_texts.title(unit, self.matter, kind, random)
        self.summary = document_texts.summary(unit, self.matter, kind)
        self.text = f"{self.number or unit.name}\n" + document_texts.body(
            unit, self.title, self.matter, kind, random
        )
        self.asks = random.choice([u for u in context.units if unit.id not in (u.id, u.successor)])
        self.drafter = random.choice(("drafter", "drafter-2"))

    def person(self, post: str, slot: int, unit: Unit | None = None) -> str:
        """Who holds the post in the unit, or in the one that carries its affairs on, on that working day."""
        return self.context.acting(unit or self.unit, self.context.days.at(slot)).person(post)

    def events(self) -> Iterator[Dated]:
        text = self.text.encode()
        yield self._draft(self.slot, 1, text)
        reviewed = self.slot + self.random.randint(1, 3)
        settled, answers = self._consultation(self.slot, text)
        yield from answers
        if self.traits.edited:
            yield self._review(reviewed, text, self.person("secrecy", reviewed), Opinion.DISCLOSE)
            text = self.text.replace("三个工作日", "两个工作日").encode() + "（经核改）\n".encode()
            edited = reviewed + self.random.randint(1, 2)
            yield self._draft(edited, 2, text)
            reviewed = edited + self.random.randint(1, 2)
            settled, answers = self._consultation(edited, text)
            yield from answers
        if self.traits.referred and self.unit.id != SECRECY_BODY:
            yield self._review(reviewed, text, self.person("secrecy", reviewed), Opinion.REFER)
            reviewed += self.random.randint(1, 3)
            yield self._review(reviewed, text, f"{SECRECY_BODY}-secrecy", self.traits.opinion)
        else:
            yield self._review(reviewed, text, self.person("secrecy", reviewed), self.traits.opinion)
        if (
            settled is not None
            and self.traits.attribute is Attribute.PROACTIVE
            and self.traits.opinion is Opinion.DISCLOSE
        ):
            out = max(reviewed, settled) + self.random.randint(1, 4)
            yield self._publish(out, text)

    def _draft(self, slot: int, version: int, text: bytes) -> Dated:
        day = self.context.days.at(slot)
        body: dict[str, Any] = {
            "document": self.document,
            "unit": self.context.acting(self.unit, day).id,
            "title": self.title,
            "number": self.number,
            "category": self.category.value,
            "attribute": self.traits.attribute.value,
            "reason": self.random.choice(_REASONS.get(self.traits.attribute, ("",))),
            "summary": self.summary,
            "digest": _digest(text),
            "formed_on": str(day),
            "consult": [
                {
                    "unit": self.context.acting(self.asks, day).id,
                    "kind": self.traits.consult.value,
                    "matters": self.random.choice(_ASKED),
                    "opinion": "拟主动公开",
                }
            ]
            if self.traits.consult
            else [],
        }
        drafter = self.person(self.drafter, slot)
        return day, draft(self.context, f"{self.document}/{version}", drafter, _Text(text), body)

    def _review(self, slot: int, text: bytes, reviewer: str, opinion: Opinion) -> Dated:
        task = review(self.context, reviewer, self.document, _digest(text), opinion)
        return self.context.days.at(slot), task

    def _consultation(self, slot: int, text: bytes) -> tuple[int | None, list[Dated]]:
        """The working day on which it is settled by consent, if ever; and the answers given."""
        kind, answer = self.traits.consult, self.traits.answer
        if kind is None:
            return slot, []
        term = TERM[kind]
        if answer == "silent":
            return (slot + term + 1 if kind is ConsultationKind.COORDINATE else None), []
        late = answer == "silent-late"
        at = slot + (term + self.random.randint(2, 5) if late else self.random.randint(1, term))
        agrees = answer != "objects"
        to = self.context.acting(self.asks, self.context.days.at(slot))
        asked = consultation_id(self.document, _digest(text), to.id, kind)
        body: dict[str, Any] = {"agrees": agrees, "reason": "" if agrees else self.random.choice(_OBJECTIONS)}
        if not agrees:
            body["signed_by"] = self.person("deputy", at, to)
        command = Command(
            "review",
            f"/consultations/{asked}/answer",
            self.person("disclosure", at, to),
            body,
            self.context.command_id("consultation", asked),
        )
        return (at if agrees else None), [(self.context.days.at(at), Task("review", (command,)))]

    def _publish(self, slot: int, text: bytes) -> Dated:
        day = self.context.days.at(slot)
        return day, publish(self.context, self.context.acting(self.unit, day), self.document, _digest(text))


def supplied_documents(context: DemoContext, supplied: tuple[SuppliedDocument, ...]) -> Iterator[Dated]:
    """The texts of `--documents`: drafted on the first working day, reviewed on the next, published on the third."""
    days = context.days
    for each in supplied:
        body = {
            "document": each.document,
            "unit": each.agency.id,
            "title": each.title,
            "number": each.number,
            "category": Category.OFFICIAL_DOCUMENT.value,
            "attribute": Attribute.PROACTIVE.value,
            "summary": f"{each.agency.name}：{each.title}（全文）。",
            "digest": each.digest,
            "formed_on": str(each.formed_on),
        }
        text = _Text(each.content, each.media_type)
        yield days.at(0), draft(context, each.document, each.agency.person("drafter"), text, body)
        reviewer = each.agency.person("secrecy")
        yield days.at(1), review(context, reviewer, each.document, each.digest, Opinion.DISCLOSE)
        yield days.at(2), publish(context, each.agency, each.document, each.digest)


@dataclass(frozen=True, slots=True)
class _Text:
    content: bytes
    media_type: str = "text/plain"


def draft(context: DemoContext, version: str, drafter: str, text: _Text, body: dict[str, Any]) -> Task:
    """Store the text, then hand in the draft that names it. `version` is unique in the year."""
    store = Command(
        "intake", "/texts", drafter, text.content, context.command_id("text", version), text.media_type
    )
    hand_in = Command("intake", "/documents", drafter, body, context.command_id("draft", version))
    return Task("draft", (store, hand_in))


def review(context: DemoContext, reviewer: str, document: str, digest: str, opinion: Opinion) -> Task:
    body = {
        "digest": digest,
        "opinion": opinion.value,
        "basis": ["《中华人民共和国政府信息公开条例》第十四条至第十七条", "《中华人民共和国保守国家秘密法》"],
        "reason": _OPINIONS[opinion],
    }
    command = context.command_id("review", document, digest, opinion.value)
    return Task("review", (Command("review", f"/reviews/{document}", reviewer, body, command),))


def publish(context: DemoContext, unit: Unit, document: str, digest: str) -> Task:
    path, command = f"/publications/{document}", context.command_id("publish", document, digest)
    return Task(
        "publish", (Command("publishing", path, unit.person("disclosure"), {"digest": digest}, command),)
    )


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
