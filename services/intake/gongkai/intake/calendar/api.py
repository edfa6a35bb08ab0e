"""The holidays of a year: enter the State Council's notice while the system runs, and read the notices in force."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.contracts.events import Id, InputLine
from gongkai.contracts.streams import CALENDAR_STREAM
from gongkai.intake.actions import Action
from gongkai.intake.calendar import aggregate as holidays
from gongkai.intake.calendar.stream import HOLIDAYS
from gongkai.rules.calendar import Calendar, Holiday, Notice
from gongkai.rules.rulebooks.library import NATIONAL
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    DependenciesOf,
    Done,
    carry_out_and_answer,
    rules_of_jurisdiction,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.rights import acts, require

router = APIRouter(tags=["calendar"])

MAX_ENTRIES = 40  # holidays of a notice, and make-up days of a holiday


class SaidHoliday(BaseModel):
    """Days off, both ends included, and the weekend days worked for them. As in the files of `gongkai calendar`."""

    model_config = ConfigDict(extra="forbid")

    code: Id
    zh: InputLine
    en: InputLine
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    make_up: Annotated[tuple[date, ...], Field(max_length=MAX_ENTRIES)] = ()


class SaidNotice(BaseModel):
    """国务院办公厅关于某年部分节假日安排的通知."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2200)]
    number: InputLine
    dated: date
    title: InputLine
    holidays: Annotated[tuple[SaidHoliday, ...], Field(min_length=1, max_length=MAX_ENTRIES)]


class Known(BaseModel):
    """All notices in force, and the version of the calendar that follows from them."""

    version: str
    first_year: int
    last_year: int
    notices: tuple[Notice, ...]


@router.post("/calendar/notices", status_code=201, summary="录入放假通知 · Enter a notice of holidays")
@acts(Action.ANNOUNCE_HOLIDAYS)
async def announce(body: SaidNotice, who: Asking, deps: DecidingDependenciesOf, command: CommandId) -> Done:
    """Enter a notice, or correct one. Open deadlines are counted anew by it; what was judged stays (GT-count)."""
    await require(deps, who, Action.ANNOUNCE_HOLIDAYS)
    now = await deps.clock.now()
    cmd, rules = (
        holidays.Announce(_notice(body), who.person),
        rules_of_jurisdiction(deps.replica, NATIONAL, now),
    )
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=CALENDAR_STREAM,
        aggregate=HOLIDAYS,
        decide=lambda state: holidays.announce(state, cmd, rules, now),
        now=now,
        id=str(body.year),
    )
    await deps.replica.sync()
    return done


@router.get("/calendar/notices", summary="已生效的放假通知 · The notices in force")
@acts(Action.READ_CALENDAR)
async def notices(who: Asking, deps: DependenciesOf) -> Known:
    """The notices in force, those shipped and those entered. For anybody."""
    await deps.replica.sync()
    calendar: Calendar = deps.replica.calendar
    return Known(
        version=calendar.version,
        first_year=calendar.first_year,
        last_year=calendar.last_year,
        notices=calendar.notices,
    )


def _notice(body: SaidNotice) -> Notice:
    found = []
    for index, holiday in enumerate(body.holidays):
        try:
            found.append(Holiday.model_validate(dict(holiday)))
        except ValidationError as error:
            zh, _, en = error.errors()[0]["msg"].rpartition(" · ")
            says = Sentence(f"{zh}。", f"{en[:1].upper()}{en[1:]}.")
            raise BadInput(
                "calendar.contradiction", says, field=f"/holidays/{index}", clause="GT-count"
            ) from None
    return Notice.model_validate({**dict(body), "holidays": tuple(found)})
