"""国务院办公厅关于部分节假日安排的通知, as data."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

SATURDAY = 5


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _contradiction(zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("contradiction", "{zh} · {en}", {"zh": zh, "en": en})


class Holiday(_Data):
    """Days off from `first` to `last`, both included, and the weekend days worked for them (调休上班)."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    zh: str = Field(min_length=1, max_length=500)
    en: str = Field(min_length=1, max_length=500)
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    make_up: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise _contradiction("放假日期止早于起", "a holiday ends before it begins")
        for day in self.make_up:
            if day.weekday() < SATURDAY:
                raise _contradiction(
                    f"{day}不是周末，只有周末才能调休上班",
                    f"{day} is no weekend day: only those are worked to make up",
                )
            if self.first <= day <= self.last:
                raise _contradiction(
                    f"{day}既放假又调休上班", f"{day} is a day off and a make-up day at once"
                )
        return self


class Notice(_Data):
    """One notice for one year. A later one replaces the holidays of the same code in an earlier one."""

    year: int = Field(ge=1, le=9999)
    number: str = Field(min_length=1, max_length=500)
    dated: date
    title: str = Field(min_length=1, max_length=500)
    holidays: tuple[Holiday, ...] = Field(min_length=1)

    def replaced_by(self, other: Self) -> bool:
        """True when the other one is this one, entered again: for the same year, by number or by day."""
        return self.year == other.year and (self.number == other.number or self.dated == other.dated)
