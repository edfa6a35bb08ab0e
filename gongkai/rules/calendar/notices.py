"""国务院办公厅关于部分节假日安排的通知, as data."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SATURDAY = 5


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Holiday(_Data):
    """Days off from `first` to `last`, both included, and the weekend days worked for them (调休上班)."""

    code: str
    zh: str
    en: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    make_up: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("a holiday ends before it begins")
        for day in self.make_up:
            if day.weekday() < SATURDAY:
                raise ValueError(f"{day} is no weekend day: only those are worked to make up")
            if self.first <= day <= self.last:
                raise ValueError(f"{day} is a day off and a make-up day at once")
        return self


class Notice(_Data):
    """One notice for one year. A later one replaces the holidays of the same code in an earlier one."""

    year: int
    number: str
    dated: date
    title: str
    holidays: tuple[Holiday, ...] = Field(min_length=1)
