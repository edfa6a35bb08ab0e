"""Holiday notices announced while the system runs: validation of one, and the calendar with all of them (GT-count)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Sentence
from gongkai.contracts.events import HolidayAnnounced, HolidaysAnnounced
from gongkai.rules.calendar.calendar import Calendar
from gongkai.rules.calendar.notices import Holiday, Notice
from gongkai.rules.rule_file import Where

# 全国年节及纪念日放假办法第二条: what the first notice for a year has to provide for.
STATUTORY = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
FIXED = ((1, 1, "元旦", "New Year's Day"), (5, 1, "劳动节", "Labour Day"), (10, 1, "国庆节", "National Day"))
TURN = timedelta(days=10)  # how far the days of 元旦 reach into the year before
LONGEST = 16  # days; a holiday that is longer is a slip of the pen


@dataclass(frozen=True, slots=True)
class NoticeFault:
    """Why a notice is refused: where in it, a code, and a sentence in both languages."""

    where: Where
    code: str
    says: Sentence


def notice_of(event: HolidaysAnnounced) -> Notice:
    """The notice that the event announces."""
    holidays = tuple(
        Holiday(code=h.code, zh=h.zh, en=h.en, first=h.first, last=h.last, make_up=h.make_up)
        for h in event.holidays
    )
    return Notice(
        year=event.year, number=event.number, dated=event.dated, title=event.title, holidays=holidays
    )


def announced_holidays(notice: Notice) -> tuple[HolidayAnnounced, ...]:
    """Its holidays as an event has them."""
    return tuple(HolidayAnnounced(**dict(holiday)) for holiday in notice.holidays)


@clause("GT-count")
def with_announced(calendar: Calendar, events: Iterable[HolidaysAnnounced]) -> Calendar:
    """The calendar with the notices of these events, in their order."""
    return reduce(lambda known, event: known.with_year(notice_of(event)), events, calendar)


@clause("GT-count")
def notice_faults(notice: Notice, calendar: Calendar, today: date) -> list[NoticeFault]:
    """Everything that is wrong with it, given what is known already; empty when it can be entered."""
    return [
        *_of_its_place(notice, calendar, today),
        *_of_its_holidays(notice),
        *_of_days_taken_twice(notice),
        *_of_what_is_missing(notice, calendar),
    ]


def _of_its_place(notice: Notice, calendar: Calendar, today: date) -> Iterator[NoticeFault]:
    year, last = notice.year, calendar.last_year
    if year > last + 1:
        yield NoticeFault(
            ("year",),
            "calendar.gap",
            Sentence(
                f"尚未录入{last + 1}年的通知，请先录入{last + 1}年的，再录入{year}年的。",
                f"The notice for {last + 1} isn't known yet: enter it before that for {year}.",
            ),
        )
    elif year <= last and year < today.year:
        yield NoticeFault(
            ("year",),
            "calendar.past-year",
            Sentence(
                f"{year}年已经过去，其节假日安排不再变更。",
                f"{year} is over: its holidays don't change any more.",
            ),
        )
    if notice.dated > today:
        yield NoticeFault(
            ("dated",),
            "calendar.dated-ahead",
            Sentence("通知的成文日期不能晚于今天。", "The notice can't be dated after today."),
        )
    elif notice.dated.year not in (year - 1, year):
        yield NoticeFault(
            ("dated",),
            "calendar.dated-elsewhere",
            Sentence(
                f"{year}年的节假日安排通知应成文于{year - 1}年或{year}年。",
                f"A notice for {year} is dated in {year - 1} or {year}.",
            ),
        )


def _of_its_holidays(notice: Notice) -> Iterator[NoticeFault]:
    earliest, latest = date(notice.year, 1, 1) - TURN, date(notice.year, 12, 31)
    for index, holiday in enumerate(notice.holidays):
        if not (earliest <= holiday.first and date(notice.year, 1, 1) <= holiday.last <= latest):
            yield NoticeFault(
                ("holidays", index, "from"),
                "calendar.outside-year",
                Sentence(
                    f"{holiday.zh}的放假日期不在{notice.year}年内（元旦假期可自上年末起）。",
                    f"{holiday.en} isn't in {notice.year} (New Year's days off may begin in the year before).",
                ),
            )
        elif (holiday.last - holiday.first).days >= LONGEST:
            yield NoticeFault(
                ("holidays", index, "to"),
                "calendar.too-long",
                Sentence(
                    f"{holiday.zh}的假期超过{LONGEST}天，请核对起止日期。",
                    f"{holiday.en} takes more than {LONGEST} days: check its dates.",
                ),
            )
        for day in holiday.make_up:
            if not earliest <= day <= latest:
                yield NoticeFault(
                    ("holidays", index, "make_up"),
                    "calendar.make-up-outside-year",
                    Sentence(
                        f"调休上班日{day}不在{notice.year}年内。",
                        f"The make-up working day {day} isn't in {notice.year}.",
                    ),
                )


def _of_days_taken_twice(notice: Notice) -> Iterator[NoticeFault]:
    codes: set[str] = set()
    off: dict[date, str] = {}
    worked: set[date] = set()
    for index, holiday in enumerate(notice.holidays):
        if holiday.code in codes:
            yield NoticeFault(
                ("holidays", index, "code"),
                "calendar.holiday-twice",
                Sentence(f"节日“{holiday.zh}”写了两次。", f"{holiday.en} is there twice."),
            )
        codes.add(holiday.code)
        for day in _days(holiday):
            if day in off:
                yield NoticeFault(
                    ("holidays", index, "from"),
                    "calendar.day-twice",
                    Sentence(
                        f"{day}既是{off[day]}又是{holiday.zh}假期。", f"{day} is a day off for two holidays."
                    ),
                )
                break
        off.update(dict.fromkeys(_days(holiday), holiday.zh))
    for index, holiday in enumerate(notice.holidays):
        for day in holiday.make_up:
            if day in off or day in worked:
                yield NoticeFault(
                    ("holidays", index, "make_up"),
                    "calendar.make-up-taken",
                    Sentence(
                        f"{day}不能是调休上班日：已是放假日或已列为调休上班日。",
                        f"{day} can't be a make-up working day: it is a day off, or is listed already.",
                    ),
                )
            worked.add(day)


def _of_what_is_missing(notice: Notice, calendar: Calendar) -> Iterator[NoticeFault]:
    """The first notice for a year is a whole one; a later one changes what it names."""
    if any(known.year == notice.year and not known.replaced_by(notice) for known in calendar.notices):
        return
    missing = [name for name in STATUTORY if not any(name in h.zh for h in notice.holidays)]
    if missing:
        yield NoticeFault(
            ("holidays",),
            "calendar.incomplete",
            Sentence(
                f"缺少法定节日：{'、'.join(missing)}。一年的首个通知应列出全部七个节日。",
                f"Statutory holidays are missing ({', '.join(missing)}): a year's first notice has all seven.",
            ),
        )
    off = {day for holiday in notice.holidays for day in _days(holiday)}
    for month, day, zh, en in FIXED:
        if date(notice.year, month, day) not in off:
            yield NoticeFault(
                ("holidays",),
                "calendar.fixed-day",
                Sentence(
                    f"{zh}（{month}月{day}日）未列为放假日。",
                    f"{en} ({notice.year}-{month:02}-{day:02}) isn't a day off.",
                ),
            )


def _days(holiday: Holiday) -> Iterator[date]:
    return (holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1))
