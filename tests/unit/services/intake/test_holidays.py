"""法定节假日: a notice becomes a fact once, is corrected by a later one, and is refused where it contradicts itself."""

from datetime import date

import pytest

from gongkai.intake.calendar.aggregate import Announce
from gongkai.rules.calendar import notice_of, official
from tests.unit.examples import holidays_announced
from tests.unit.given import given

NOTICE = notice_of(holidays_announced())
VERSION = official().with_year(NOTICE).version


def announce(**changes: object) -> Announce:
    return Announce(NOTICE.model_copy(update=changes), "registrar")


@pytest.mark.clause("GT-count")
def test_a_notice_is_entered_with_the_version_of_the_calendar_that_it_makes() -> None:
    given().when(announce()).then(holidays_announced(calendar=VERSION)).when(announce()).then_nothing()


def test_a_correction_takes_the_place_of_what_was_entered() -> None:
    holidays = (*NOTICE.holidays[:-1], NOTICE.holidays[-1].model_copy(update={"make_up": ()}))
    corrected = official().with_year(NOTICE.model_copy(update={"holidays": holidays})).version
    (
        given(holidays_announced(calendar=VERSION))
        .when(announce(holidays=holidays))
        .then_one(type(holidays_announced()), calendar=corrected)
    )


def test_what_the_software_ships_is_no_news() -> None:
    given().when(Announce(official().notices[-1], "registrar")).then_nothing()


@pytest.mark.clause("GT-count")
def test_what_contradicts_itself_or_the_calendar_is_refused_with_its_place() -> None:
    given().when(announce(year=2028)).then_refused("calendar.gap", "GT-count", "/year")
    given().when(announce(dated=date(2026, 3, 3))).then_refused("calendar.dated-ahead", "GT-count", "/dated")
    given().when(announce(holidays=NOTICE.holidays[:-1])).then_refused(
        "calendar.incomplete", "GT-count", "/holidays"
    )
