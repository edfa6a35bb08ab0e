"""个人信息删除: after the last answer, once, and with the reason on record."""

import pytest

from gongkai.contracts.events import ApplicantErased
from gongkai.contracts.vocabulary import ErasureGround
from gongkai.intake.applicants.aggregate import Erase
from tests.unit.examples import an_applicant_erased
from tests.unit.given import MONDAY, given


def erase(unanswered: int = 0, ground: ErasureGround = ErasureGround.CONSENT) -> Erase:
    return Erase("applicant-1", "app-1", "education", ground, unanswered, "zhao-min")


@pytest.mark.clause("GT-register")
def test_a_person_is_erased_with_the_ground_on_record() -> None:
    given().when(erase()).then(an_applicant_erased(at=MONDAY))


@pytest.mark.clause("GT-register")
def test_not_while_an_answer_is_owed() -> None:
    given().when(erase(unanswered=2)).then_refused(
        "applicant.still-unanswered", "GT-register", "/application"
    ).when(erase()).then_one(ApplicantErased)


def test_once_is_for_ever() -> None:
    given(an_applicant_erased()).when(erase(unanswered=1, ground=ErasureGround.PERIOD)).then_nothing()
