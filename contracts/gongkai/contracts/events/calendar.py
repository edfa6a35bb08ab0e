"""法定节假日: the State Council's notices of holidays, entered while the system runs, as facts."""

from datetime import date
from typing import Annotated

from pydantic import Field

from gongkai.contracts.events._event import AuditSentence, Event, Id, Line, Value, event


class HolidayAnnounced(Value):
    """Days off, both ends included, and the weekend days worked for them (调休上班)."""

    code: Id
    zh: Line
    en: Line
    first: date
    last: date
    make_up: tuple[date, ...]


@event(1, "intake", zh="录入节假日安排", en="Holidays announced", basis="GT-count")
class HolidaysAnnounced(Event):
    """A notice of holidays was entered: open deadlines are counted by it, what was judged stays (GT-count).

    Entered again under the same number or of the same day = corrected: the later entry takes the earlier one's place.
    """

    year: Annotated[int, Field(ge=1, le=9999)]
    number: Line  # 发文字号
    dated: date
    title: Line
    holidays: tuple[HolidayAnnounced, ...]
    calendar: Line  # the version of the calendar with this notice in it

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"录入{self.year}年节假日安排：{self.number}《{self.title}》",
            f"Holiday notice for {self.year} entered: {self.number}",
        )
