"""依申请公开: the form. Required is what 条例第二十九条 asks for, and nothing more; no purpose is asked (GT-apply)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gongkai.contracts.clauses import clause
from gongkai.web import Problem, t

Option = tuple[str, str]  # 中文, English

# Options are submitted by their Chinese words, which officers and letters use.
ID_KINDS: tuple[Option, ...] = (
    ("身份证", "Resident identity card"),
    ("统一社会信用代码", "Unified social credit code (organisations)"),
    ("护照", "Passport"),
    ("港澳台居民居住证或者通行证", "Residence or travel permit (Hong Kong, Macao, Taiwan)"),
    ("其他身份证明", "Other proof of identity"),
)
FORMS: tuple[Option, ...] = (
    ("电子", "Electronic"),
    ("纸质", "Paper"),
    ("光盘等载体", "Disc or other medium"),
)
POST, EMAIL = "邮寄", "电子邮件"
DELIVERIES: tuple[Option, ...] = (
    ("网上查询", "On this site, with receipt number and query code"),
    (EMAIL, "E-mail"),
    (POST, "Post"),
    ("自行领取", "Collect in person"),
    ("当场阅读、抄录", "Read and copy on site"),
)

_LONGEST = {"name": 100, "id_number": 60, "contact": 200, "address": 300, "description": 5000}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Application:
    """The form's fields as typed."""

    unit: str = ""
    name: str = ""
    id_kind: str = ""
    id_number: str = ""
    contact: str = ""
    address: str = ""
    description: str = ""
    form: str = ""
    delivery: str = ""

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> "Application":
        """From a posted form; its fields are named by their place in the request to intake."""
        return cls(**{name: _line(data.get(pointer[1:], "")) for name, pointer in POINTERS.items()})

    def fields(self) -> Iterator[tuple[str, str]]:
        """Name in the form and value, for hidden fields."""
        values = asdict(self)
        for name, pointer in POINTERS.items():
            yield pointer[1:], values[name]

    def payload(self) -> dict[str, Any]:
        """The body of intake's POST /applications."""
        return {
            "unit": self.unit,
            "channel": "online",
            "applicant": {
                "name": self.name,
                "id_kind": self.id_kind,
                "id_number": self.id_number,
                "contact": self.contact,
                "address": self.address,
            },
            "request": {"description": self.description, "form": self.form, "delivery": self.delivery},
        }


POINTERS = {
    "unit": "/unit",
    "description": "/request/description",
    "form": "/request/form",
    "delivery": "/request/delivery",
    "name": "/applicant/name",
    "id_kind": "/applicant/id_kind",
    "id_number": "/applicant/id_number",
    "contact": "/applicant/contact",
    "address": "/applicant/address",
}


@clause("GT-apply")
def problems(application: Application, units: Mapping[str, str]) -> list[Problem]:
    """Why the application can't be sent, in the order of the form. Intake checks again."""
    found: list[Problem] = []

    def wrong(name: str, code: str, zh: str, en: str) -> None:
        found.append(Problem(f"application.{code}", zh, en, field=POINTERS[name], clause="GT-apply"))

    a = application
    if a.unit not in units:
        wrong("unit", "no-unit", "请选择向哪个机关申请", "Choose the body that you apply to")
    if not a.description:
        wrong(
            "description",
            "no-description",
            "请写明所需信息的名称、文号或者便于查询的其他特征",
            "Describe the information: its title, number, or what helps to find it",
        )
    if a.form not in _codes(FORMS):
        wrong("form", "no-form", "请选择希望的信息形式", "Choose the form that you want")
    if a.delivery not in _codes(DELIVERIES):
        wrong("delivery", "no-delivery", "请选择获取信息的方式", "Choose how you want to get it")
    if not a.name:
        wrong("name", "no-name", "请填写姓名或者名称", "Give your name or your organisation's")
    if a.id_kind not in _codes(ID_KINDS):
        wrong("id_kind", "no-identity", "请选择身份证明的种类", "Choose a proof of identity")
    if not a.id_number:
        wrong("id_number", "no-identity", "请填写证件号码", "Give the number of your proof of identity")
    if not a.contact:
        wrong("contact", "no-contact", "请填写联系方式", "Say how you can be reached")
    elif a.delivery == EMAIL and not _EMAIL.search(a.contact):
        wrong(
            "contact",
            "no-email",
            "选择以电子邮件获取的，请在联系方式中写明邮箱",
            "For delivery by e-mail, give an e-mail address here",
        )
    if a.delivery == POST and not a.address:
        wrong("address", "no-address", "选择邮寄的，请填写通信地址", "For delivery by post, give an address")
    for name, longest in _LONGEST.items():
        if len(getattr(a, name)) > longest:
            wrong(name, "too-long", f"不能超过{longest}个字", f"At most {longest} characters")
    return sorted(found, key=lambda p: list(POINTERS.values()).index(p.field or ""))


def words(options: tuple[Option, ...]) -> list[tuple[str, str]]:
    """Value and words of each option, in the language of the request."""
    return [(zh, t(zh, en)) for zh, en in options]


def summary_rows(application: Application, units: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The filled form for checking before it is sent: pointer, label, words."""

    def of(options: tuple[Option, ...], code: str) -> str:
        return dict(words(options)).get(code, "")

    a = application
    return [
        ("/unit", t("受理机关", "To"), units.get(a.unit, "")),
        ("/request/description", t("所需信息", "Information wanted"), a.description),
        ("/request/form", t("信息形式", "Form"), of(FORMS, a.form)),
        ("/request/delivery", t("获取方式", "Delivery"), of(DELIVERIES, a.delivery)),
        ("/applicant/name", t("姓名或者名称", "Name"), a.name),
        ("/applicant/id_kind", t("身份证明", "Proof of identity"), of(ID_KINDS, a.id_kind)),
        ("/applicant/id_number", t("证件号码", "Number"), a.id_number),
        ("/applicant/contact", t("联系方式", "Contact"), a.contact),
        ("/applicant/address", t("通信地址", "Address"), a.address or t("未填写", "not given")),
    ]


def _codes(options: tuple[Option, ...]) -> frozenset[str]:
    return frozenset(zh for zh, _ in options)


def _line(value: Any) -> str:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
