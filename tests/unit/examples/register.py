"""Who there is and which days are worked: units, their officers and systems, delegations, and a holiday notice."""

from datetime import date
from typing import Any

from gongkai.contracts.events import (
    Assignment,
    DelegationWithdrawn,
    DisclosureBody,
    DutyDelegated,
    HolidayAnnounced,
    HolidaysAnnounced,
    Officer,
    Successor,
    SystemRegistered,
    SystemRetired,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import (
    Duty,
    HandIn,
    Level,
    Management,
    Reorganisation,
    StandingMatter,
    StandingRole,
    UnitKind,
)
from tests.unit.given import MONDAY, at


def an_officer(person: str = "wang-fang", name: str = "王芳", *duties: Duty) -> Officer:
    return Officer(person=person, name=name, duties=duties or (Duty.DRAFTER,))


def a_unit_registered(**changes: Any) -> UnitRegistered:
    fields: dict[str, Any] = {
        "unit": "education",
        "name": "区教育局",
        "kind": UnitKind.DEPARTMENT,
        "jurisdiction": "sc",
        "government": "district",
        "superior": None,
        "roles": (StandingRole.PORTAL,),
        "officers": (an_officer("li-qiang", "李强", Duty.DEPUTY, Duty.HEAD), an_officer()),
        "by": "registrar",
        "at": MONDAY,
    }
    return UnitRegistered(**fields | changes)


def a_system_registered(**changes: Any) -> SystemRegistered:
    fields: dict[str, Any] = {
        "system": "education-oa",
        "name": "区教育局办公系统",
        "unit": "education",
        "may": (HandIn.DRAFT, HandIn.APPLICATION),
        "by": "registrar",
        "at": MONDAY,
    }
    return SystemRegistered(**fields | changes)


def a_system_retired(**changes: Any) -> SystemRetired:
    fields: dict[str, Any] = {
        "system": "education-oa",
        "unit": "education",
        "reason": "系统下线",
        "by": "registrar",
        "at": MONDAY,
    }
    return SystemRetired(**fields | changes)


def a_duty_delegated(**changes: Any) -> DutyDelegated:
    fields: dict[str, Any] = {
        "delegation": "leave-1",
        "unit": "education",
        "giver": "wang-fang",
        "taker": "li-qiang",
        "duties": (Duty.DRAFTER,),
        "since": date(2026, 3, 2),
        "until": date(2026, 3, 6),
        "reason": "年休假",
        "by": "wang-fang",
        "at": MONDAY,
    }
    return DutyDelegated(**fields | changes)


def a_delegation_withdrawn(**changes: Any) -> DelegationWithdrawn:
    fields: dict[str, Any] = {
        "delegation": "leave-1",
        "unit": "education",
        "since": date(2026, 3, 2),
        "by": "wang-fang",
        "at": MONDAY,
    }
    return DelegationWithdrawn(**fields | changes)


def a_full_unit_registered(**changes: Any) -> UnitRegistered:
    """The education bureau's entry with all that an entry can say."""
    officers = (
        an_officer("li-qiang", "李强", Duty.DEPUTY, Duty.HEAD),
        an_officer(),
        an_officer("zhao-min", "赵敏", Duty.DISCLOSURE_OFFICER),
    )
    fields: dict[str, Any] = {
        "officers": officers,
        "effective_on": date(2026, 3, 1),
        "level": Level.COUNTY,
        "managed": Management.DUAL,
        "superior": "city-education",
        "code": "91110000600037341L",
        "section": "办公室（政务公开科）",
        "body": DisclosureBody(name="办公室", officer="zhao-min", address="示例路1号", phone="0000-0000000"),
        "assignments": (Assignment(matter=StandingMatter.BUDGET, section="行政后勤科"),),
    }
    return a_unit_registered(**fields | changes)


def a_unit_succeeded(**changes: Any) -> UnitSucceeded:
    fields: dict[str, Any] = {
        "unit": "education",
        "kind": Reorganisation.MERGED,
        "on": date(2026, 6, 1),
        "successors": (Successor(unit="education-sports"),),
        "decided_by": "district",
        "basis": "上编办〔2026〕3号",
        "by": "registrar",
        "at": at("2026-05-20"),
    }
    return UnitSucceeded(**fields | changes)


def holidays_announced(**changes: Any) -> HolidaysAnnounced:
    """Invented, for a year whose notice isn't known yet."""

    def off(code: str, zh: str, en: str, first: str, last: str, *make_up: str) -> HolidayAnnounced:
        day = date.fromisoformat
        worked = tuple(day(each) for each in make_up)
        return HolidayAnnounced(code=code, zh=zh, en=en, first=day(first), last=day(last), make_up=worked)

    fields: dict[str, Any] = {
        "year": 2027,
        "number": "国办发明电〔2026〕9号",
        "dated": date(2026, 2, 27),
        "title": "国务院办公厅关于2027年部分节假日安排的通知（虚构）",
        "holidays": (
            off("new-year", "元旦", "New Year's Day", "2027-01-01", "2027-01-03"),
            off(
                *("spring-festival", "春节", "Spring Festival", "2027-02-05", "2027-02-11"),
                *("2027-01-31", "2027-02-20"),
            ),
            off("tomb-sweeping", "清明节", "Tomb-Sweeping Day", "2027-04-03", "2027-04-05"),
            off("labour-day", "劳动节", "Labour Day", "2027-05-01", "2027-05-05", "2027-05-08"),
            off("dragon-boat", "端午节", "Dragon Boat Festival", "2027-06-09", "2027-06-09"),
            off("mid-autumn", "中秋节", "Mid-Autumn Festival", "2027-09-15", "2027-09-15"),
            off("national-day", "国庆节", "National Day", "2027-10-01", "2027-10-07", "2027-10-09"),
        ),
        "calendar": "2027@国办发明电〔2026〕9号#00000000",
        "by": "registrar",
        "at": MONDAY,
    }
    return HolidaysAnnounced(**fields | changes)
