"""An application in the demo: handed in at the portal or to a clerk, answered in time, late or never (GT-answer)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gongkai.contracts.streams import application_stream
from gongkai.contracts.vocabulary import AnswerKind, Channel, UnitKind
from gongkai.demo.context import DemoContext
from gongkai.demo.documents import EARLY, Dated
from gongkai.demo.tasks import Command, PortalForm, Signature, Task
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import sample, share
from gongkai.runtime.commands import derived_name

AT_THE_PORTAL: Final = 24  # at most: the portal lets one address hand in thirty an hour
TERM: Final = 20  # working days to answer
RETURNED: Final = 0.06  # of the answers are sent back once by who signs them
_RETURNED: Final = (
    "请写明检索的范围和经过后再报。",
    "救济途径一段请按行政复议法修改。",
    "区分处理的理由不充分，请补充。",
)

_CHANNELS: Final = (
    Channel.LETTER,
    Channel.LETTER,
    Channel.IN_PERSON,
    Channel.IN_PERSON,
    Channel.FAX,
    Channel.ORAL,
)
_WANTED: Final = (
    "请求提供{unit}{matter}的年度资金安排及使用情况。",
    "申请公开{unit}办理{matter}所依据的文件及会议纪要。",
    "请求提供2024年度{matter}相关项目的名单、金额和验收结论。",
    "申请公开{unit}就{matter}作出的检查记录和处理结果。",
    "请求提供{matter}相关的委托合同及第三方评估报告。",
)
_ANSWERS: Final = (
    (AnswerKind.DISCLOSED, (), "经检索，您申请的信息由本单位制作，现予以公开，文件随本告知书一并提供。"),
    (AnswerKind.DISCLOSED, (), "您申请的信息属于公开范围，现按您要求的形式提供。"),
    (AnswerKind.ALREADY_PUBLIC, (), "您申请的信息已经主动公开，可在区政府门户网站政府信息公开专栏查阅。"),
    (AnswerKind.ALREADY_PUBLIC, (), "您申请的信息已在门户网站公布，请按告知书所附的索引号查询。"),
    (
        AnswerKind.PARTLY_DISCLOSED,
        ("15-third-party",),
        "您申请的信息中涉及第三方的内容不予公开，其余内容已作区分处理，现予提供。",
    ),
    (AnswerKind.WITHHELD, ("16-internal",), "您申请的信息属于内部事务信息，依据条例第十六条不予公开。"),
    (AnswerKind.WITHHELD, ("16-process",), "您申请的信息属于行政决定作出前的过程性信息，不予公开。"),
    (AnswerKind.NOT_HELD, (), "经检索，本单位未制作、获取您申请的信息，该信息不存在。"),
    (AnswerKind.NOT_OURS, (), "您申请的信息不属于本单位负责公开，建议向有关单位提出。"),
    (AnswerKind.NOT_AN_APPLICATION, (), "您反映的事项属于咨询，不作为政府信息公开申请处理，请通过热线提出。"),
)


def applications_of_the_year(context: DemoContext, count: int) -> Iterator[Dated]:
    """All applications of the year."""
    random = context.random("applications")
    asked = [
        unit for unit in context.units if unit.kind is not UnitKind.INSTITUTION
    ]  # these have rules of their own
    early = list(range(max(1, round(count * EARLY))))
    late = set(sample(random, early, share(len(early), 0.12 * count / len(early))))
    never = set(sample(random, early, share(len(early), 0.015))) - late
    online = set(sample(random, range(count), min(AT_THE_PORTAL, share(count, 0.06))))
    for n, slot in enumerate(context.days.slots(count)):
        after: int | None = min(TERM, random.randint(2, TERM + 2))
        if n in late:
            after = TERM + random.randint(1, 12)
        elif n in never:
            after = None
        course = _Course(context, n + 1, random.choice(asked), slot, after)
        yield from course.online() if n in online else course.by_a_clerk()


@dataclass(frozen=True, slots=True)
class _Course:
    """One application: the `n`-th, about working day `slot`, answered `after` so many working days."""

    context: DemoContext
    n: int
    unit: Unit
    slot: int
    after: int | None

    def online(self) -> Iterator[Dated]:
        """At the portal, where some people come on days of rest."""
        days, handed_in = self.context.days, self.context.command_id("application", self.n)
        day = days.working[self.slot]
        if self.n % 3 == 0:
            day = next((rest for rest in days.rest if rest > day), day)
        unit = self.context.acting(self.unit, day)
        yield day, Task("receive", (PortalForm(_typed(self.n, unit, self._wanted()), handed_in),))
        yield from self._answer(derived_name("portal", "public", handed_in), days.number_of(day))

    def by_a_clerk(self) -> Iterator[Dated]:
        """By letter or fax, signed for by the post room a day before, or at the counter."""
        random, days, slot = self.context.random("channel", self.n), self.context.days, self.slot
        application, channel = f"ysq-{self.n:05d}", random.choice(_CHANNELS)
        unit = self.context.acting(self.unit, days.working[slot])
        body: dict[str, Any] = {
            "application": application,
            "unit": unit.id,
            "channel": channel.value,
            "applicant": {
                "name": _name(self.n),
                "id_number": _identity(self.n),
                "contact": _contact(self.n),
                "address": f"示例区虚构路{self.n}号",
            },
            "request": {"description": self._wanted(), "form": "纸质", "delivery": "邮寄"},
        }
        if channel in (Channel.LETTER, Channel.FAX) and slot > 0:
            slot -= 1
            body["received_on"] = str(days.working[slot])
        command = self.context.command_id("application", self.n)
        receive = Command("intake", "/applications", unit.person("disclosure"), body, command)
        yield days.working[self.slot], Task("receive", (receive,))
        yield from self._answer(application, slot)

    def _wanted(self) -> str:
        random = self.context.random("wanted", self.n)
        return random.choice(_WANTED).format(unit=self.unit.name, matter=random.choice(self.unit.matters))

    def _answer(self, application: str, received: int) -> Iterator[Dated]:
        """Proposed by the officer and signed by the deputy, mostly on the same day; some are returned and proposed anew.
        `received`: the number of the last working day up to the day of receipt, which may be the one before the day of entry:
        nothing is proposed on either, since the order of a day's tasks is free."""
        if self.after is None:
            return
        out, random = received + self.after, self.context.random("sign", self.n)
        waits = min(self.after - 2, random.choices((0, 1, 2), (80, 15, 5))[0])
        if self.after > 3 and random.random() < RETURNED:
            yield self._propose(application, 1, out - 2)
            yield self._sign(application, 1, out - 1, random.choice(_RETURNED))
            yield self._propose(application, 2, out)
            yield self._sign(application, 2, out)
        else:
            yield self._propose(application, 1, out - waits)
            yield self._sign(application, 1, out)

    def _propose(self, application: str, nth: int, slot: int) -> Dated:
        kind, grounds, text = self.context.random("answer", self.n).choice(_ANSWERS)
        letter = f"{_name(self.n)}：\n{text}\n{self.unit.name}" + "（经修改）" * (nth - 1)
        body = {"kind": kind.value, "text": letter, "grounds": list(grounds)}
        day = self.context.days.at(slot)
        officer = self.context.acting(self.unit, day).person("disclosure")
        key = self.context.command_id("answer", self.n, nth)
        path = f"/applications/{application}/answer"
        return day, Task("answer", (Command("intake", path, officer, body, key),))

    def _sign(self, application: str, nth: int, slot: int, opinion: str = "") -> Dated:
        """Given, or returned with an opinion."""
        day = self.context.days.at(slot)
        deputy = self.context.acting(self.unit, day).person("deputy")
        key = self.context.command_id("sign", self.n, nth)
        case = application_stream(application)
        return day, Task("sign", (Signature(case, deputy, "return" if opinion else "give", opinion, key),))


def _typed(n: int, unit: Unit, wanted: str) -> dict[str, str]:
    """The portal's form, filled in; its fields are named by their place in the application."""
    return {
        "unit": unit.id,
        "request/description": wanted,
        "request/form": "电子",
        "request/delivery": "电子邮件",
        "applicant/name": _name(n),
        "applicant/id_kind": "其他身份证明",
        "applicant/id_number": _identity(n),
        "applicant/contact": _contact(n),
        "applicant/address": "",
    }


def _name(n: int) -> str:
    return f"虚构申请人{n}"


def _identity(n: int) -> str:
    return f"示例证件-{n:06d}"


def _contact(n: int) -> str:
    return f"shenqing-{n}@example.invalid"
