"""The life of a demo's application: handed in at the portal or to a clerk, answered in time, late or never (GT-answer)."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final
from uuid import uuid5

from gongkai.cli.demo.district import Unit
from gongkai.cli.demo.documents import EARLY, Dated
from gongkai.cli.demo.steps import Errand, Form, Say, key
from gongkai.cli.demo.workdays import Workdays, share
from gongkai.contracts.vocabulary import AnswerKind, Channel, UnitKind

AT_THE_PORTAL: Final = 24  # at most: the portal lets one address hand in thirty an hour
TERM: Final = 20  # working days to answer

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


def lives(seed: int, count: int, units: tuple[Unit, ...], days: Workdays) -> Iterator[Dated]:
    """All applications of the year."""
    dice = Random(f"{seed}/applications")  # noqa: S311 - chance for a play, not for a secret
    asked = tuple(
        unit for unit in units if unit.kind is not UnitKind.INSTITUTION
    )  # these have rules of their own
    slots = days.slots(count)
    early = list(range(max(1, round(count * EARLY))))
    late = set(dice.sample(early, share(len(early), 0.12 * count / len(early))))
    never = set(dice.sample(early, share(len(early), 0.015))) - late
    online = set(dice.sample(range(count), min(AT_THE_PORTAL, share(count, 0.06))))
    for n, slot in enumerate(slots):
        if n in late:
            after: int | None = TERM + dice.randint(1, 12)
        else:
            after = None if n in never else min(TERM, dice.randint(2, TERM + 2))
        yield from _life(seed, n + 1, dice.choice(asked), slot, after, n in online, days)


def _life(
    seed: int, n: int, unit: Unit, slot: int, after: int | None, online: bool, days: Workdays
) -> Iterator[Dated]:
    """`after`: working days until the answer."""
    dice = Random(f"{seed}/application/{n}")  # noqa: S311 - as above
    day = days.working[slot]
    wanted = dice.choice(_WANTED).format(unit=unit.name, matter=dice.choice(unit.matters))
    handed_in = key(seed, "application", n)
    if online:
        application = uuid5(handed_in, "application").hex  # as intake names those that come without a name
        nights = [rest for rest in days.rest if rest > day] if n % 3 == 0 else []
        day = nights[0] if nights else day
        yield day, Errand("receive", (Form(_typed(n, unit, wanted), handed_in),))
    else:
        application = f"ysq-{n:05d}"
        channel = dice.choice(_CHANNELS)
        body: dict[str, Any] = {
            "application": application,
            "unit": unit.id,
            "channel": channel.value,
            "applicant": {
                "name": _name(n),
                "id_number": _identity(n),
                "contact": f"shenqing-{n}@example.invalid",
                "address": f"示例区虚构路{n}号",
            },
            "request": {"description": wanted, "form": "纸质", "delivery": "邮寄"},
        }
        if channel in (Channel.LETTER, Channel.FAX) and slot > 0:
            body["received_on"] = str(days.working[slot - 1])  # signed for by the post room a day before
        clerk = unit.person("disclosure")
        yield day, Errand("receive", (Say("intake", "/applications", clerk, body, handed_in),))
    if after is not None:
        received = slot - 1 if not online and "received_on" in body else days.number_of(day)
        yield days.at(received + after), _answer(seed, unit, application, n, dice)


def _answer(seed: int, unit: Unit, application: str, n: int, dice: Random) -> Errand:
    kind, grounds, text = dice.choice(_ANSWERS)
    body = {"kind": kind.value, "text": f"{_name(n)}：\n{text}\n{unit.name}", "grounds": list(grounds)}
    path, said = f"/applications/{application}/answer", key(seed, "answer", n)
    return Errand("answer", (Say("intake", path, unit.person("disclosure"), body, said),))


def _typed(n: int, unit: Unit, wanted: str) -> dict[str, str]:
    """The portal's form, filled in; its fields are named by their place in the application."""
    return {
        "unit": unit.id,
        "request/description": wanted,
        "request/form": "electronic",
        "request/delivery": "email",
        "applicant/name": _name(n),
        "applicant/id_kind": "other",
        "applicant/id_number": _identity(n),
        "applicant/contact": f"shenqing-{n}@example.invalid",
        "applicant/address": "",
    }


def _name(n: int) -> str:
    return f"虚构申请人{n}"


def _identity(n: int) -> str:
    return f"示例证件-{n:06d}"
