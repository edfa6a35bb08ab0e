"""法定工作日: which day is a working day, by the State Council's holiday notices (GT-answer, GT-count)."""

from gongkai.rules.calendar.announcements import (
    NoticeFault,
    announced_holidays,
    notice_faults,
    notice_of,
    with_announced,
)
from gongkai.rules.calendar.calendar import Calendar, DayReason, NoNotice
from gongkai.rules.calendar.notices import Holiday, Notice
from gongkai.rules.calendar.official import YearFile, official, read_notices

__all__ = [
    "Calendar",
    "DayReason",
    "Holiday",
    "NoNotice",
    "Notice",
    "NoticeFault",
    "YearFile",
    "announced_holidays",
    "notice_faults",
    "notice_of",
    "official",
    "read_notices",
    "with_announced",
]
