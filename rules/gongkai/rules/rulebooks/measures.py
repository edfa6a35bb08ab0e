"""Values that measure: at least so long, by that day, within so many minutes, at least so many, and grades."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from gongkai.rules.rulebooks.values import Data, Value, Words
from gongkai.rules.term import Term, WrittenTerm

_DAY = re.compile(r"(?:(\d{2})-)?(\d{2})")
_EVERY_MONTH = 28  # the last day that every month has
_SPAN = re.compile(r"([1-9][0-9]{0,3}) (min|h)")


class LeastRule(Value):
    """No shorter than this. `before`: counted backwards from what it comes before, and never extended."""

    least: WrittenTerm
    before: bool = False

    @property
    def term(self) -> Term:
        return self.least

    def _looser(self, law: Self) -> bool:
        return self.before != law.before or law.least.longer_than(self.least)

    def shown(self) -> dict[str, str]:
        if self.before:
            return {"zh": f"提前不少于{self.least.zh}", "en": f"at least {self.least.en} before"}
        return {"zh": f"不少于{self.least.zh}", "en": f"at least {self.least.en}"}


@dataclass(frozen=True, slots=True)
class Yearly:
    """A day of the year, or of every month (`month` None), which every month has. The day itself counts."""

    month: int | None
    day: int

    def __str__(self) -> str:
        return f"{self.day:02}" if self.month is None else f"{self.month:02}-{self.day:02}"

    def of(self, year: int, month: int = 1) -> date:
        """That day in a year; of a monthly one in that month."""
        return date(year, self.month or month, self.day)


def _yearly(written: object) -> object:
    match = _DAY.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return _refuse(
            written, Yearly, '日期写作 "01-31"（每年）或 "15"（每月）', 'a day is written "01-31", or "15"'
        )
    found = Yearly(int(match[1]) if match[1] else None, int(match[2]))
    try:
        found.of(2023)
    except ValueError:
        raise PydanticCustomError("day", "没有这一天 · there is no such day") from None
    if found.month is None and found.day > _EVERY_MONTH:
        raise PydanticCustomError("day", "不是每月都有这一天 · not every month has that day")
    return found


class DayRule(Value):
    """Done by that day of the year or the month, the day itself included. Earlier is stricter, a day of the same kind:
    a day of the month says nothing of the year's, nor the other way round.
    """

    day: Annotated[Yearly, BeforeValidator(_yearly), PlainSerializer(str, return_type=str)]

    def _looser(self, law: Self) -> bool:
        other = (self.day.month is None) != (law.day.month is None)
        return other or self.day.of(2023) > law.day.of(2023)

    def shown(self) -> dict[str, str]:
        if self.day.month is None:
            return {"zh": f"每月{self.day.day}日前（含当日）", "en": f"by day {self.day.day} of each month"}
        return {
            "zh": f"每年{self.day.month}月{self.day.day}日前（含当日）",
            "en": f"by {self.day.of(2023):%-d %B} of each year",
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Clock time, as it is written: `120 min` or `5 h`."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"

    @property
    def long(self) -> timedelta:
        return timedelta(hours=self.count) if self.unit == "h" else timedelta(minutes=self.count)


def _span(written: object) -> object:
    match = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return _refuse(written, Span, "时长写作 120 min 或 5 h", "clock time is written `120 min` or `5 h`")
    return Span(int(match[1]), match[2])


def _refuse(written: object, kind: type, zh: str, en: str) -> object:
    if isinstance(written, kind):
        return written
    raise PydanticCustomError("written", "{zh} · {en}", {"zh": zh, "en": en})


class SpanRule(Value):
    """Within so many hours or minutes, nights and holidays included. Shorter is stricter.

    `starts`: when the clock starts, with the event or when the unit learnt of it. Both moments are recorded either way;
    the event comes first, so a clock that starts with it is the stricter one.
    """

    span: Annotated[Span, BeforeValidator(_span), PlainSerializer(str, return_type=str)]
    starts: Literal["event", "learnt"]

    def _looser(self, law: Self) -> bool:
        later = law.starts == "event" and self.starts == "learnt"
        return later or self.span.long > law.span.long

    def shown(self) -> dict[str, str]:
        zh, en = ("小时", "hours") if self.span.unit == "h" else ("分钟", "minutes")
        from_zh, from_en = _STARTS[self.starts]
        return {"zh": f"{from_zh}{self.span.count}{zh}内", "en": f"within {self.span.count} {en} {from_en}"}


_STARTS = {
    "event": (
        "自事件发生时起（知悉时刻一并记录）",
        "of the event (when the unit learnt of it is recorded too)",
    ),
    "learnt": (
        "自本单位知悉时起（事件发生时刻一并记录）",
        "of the unit's learning of it (the moment of the event is recorded too)",
    ),
}


class CountRule(Value):
    """At least so many. `of_zh`, `of_en`: of what, and in which time; of something else it is no stricter."""

    at_least: Annotated[int, Field(ge=1)]
    of_zh: Words
    of_en: Words

    def _looser(self, law: Self) -> bool:
        other = (self.of_zh, self.of_en) != (law.of_zh, law.of_en)
        return other or self.at_least < law.at_least

    def shown(self) -> dict[str, str]:
        return {"zh": f"不少于{self.at_least}{self.of_zh}", "en": f"at least {self.at_least} {self.of_en}"}


class Band(Data):
    """A grade from so many points on."""

    points: Annotated[int, Field(ge=0)]
    zh: Words
    en: Words


class GradesRule(Value):
    """Grades by points, the best first; a band reaches up to the next better one, which its floor belongs to."""

    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if self.bands[-1].points or any(
            upper.points <= lower.points for upper, lower in pairwise(self.bands)
        ):
            raise PydanticCustomError(
                "bands",
                "等次须由高到低排列，最低一等从0分起 · grades go from the best down to one from 0 points",
            )
        return self

    def grade(self, hundredths: int) -> Band:
        """The grade of a score, in hundredths of a point; ValueError for less than nothing."""
        if hundredths < 0:
            raise ValueError("a score is not negative")
        return next(band for band in self.bands if hundredths >= band.points * 100)

    def _looser(self, law: Self) -> bool:
        """True where a grade comes cheaper than by the law, or the grades are others than the law's."""
        other = [(band.zh, band.en) for band in self.bands] != [(band.zh, band.en) for band in law.bands]
        return other or any(
            ours.points < floor.points for ours, floor in zip(self.bands, law.bands, strict=True)
        )

    def shown(self) -> dict[str, str]:
        return {
            "zh": "；".join(f"{band.points}分起{band.zh}" for band in self.bands),
            "en": "; ".join(f"{band.en} from {band.points}" for band in self.bands),
        }
