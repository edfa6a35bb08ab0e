"""法定节假日: the State Council's notices of holidays, entered while the system runs, as facts."""

from datetime import date
from typing import Annotated

from pydantic import Field

from gongkai.contracts.events._event import Event, Id, Line, Value, event


class HolidayAnnounced(Value):
    """Days off, both ends included, and the weekend days worked for them (调休上班)."""

    code: Id
    zh: Line
    en: Line
    first: date
    last: date
    make_up: tuple[date, ...]


@event(1, "intake")
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
