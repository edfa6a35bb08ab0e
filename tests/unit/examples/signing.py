"""An answer on its way past those who sign it."""

from typing import Any

from gongkai.contracts.events import (
    AnswerApproved,
    AnswerProposed,
    ProposalWithdrawn,
    SignOffCompleted,
    SignOffOpened,
    SignOffStale,
    SignOffStep,
    SignOffVoided,
    StepApproval,
    StepGiven,
    StepReturned,
)
from gongkai.contracts.vocabulary import AnswerKind, VoidGround
from gongkai.intake.answers.aggregate import digest_of
from tests.unit.examples.cases import APPLICATION, RULEBOOK, a_ref, sealed
from tests.unit.given import at

PROPOSAL = "proposal-1"
LETTER = sealed("bGV0dGVy")
PROPOSED = digest_of(APPLICATION, AnswerKind.DISCLOSED, (), LETTER)
CASE = f"application-{APPLICATION}"
_ABOUT: dict[str, Any] = {"case": CASE, "subject": PROPOSAL, "digest": PROPOSED, "unit": "education"}
_SAID: dict[str, Any] = {"rule": "answer", "rulebook": RULEBOOK, "by": "li-qiang", "at": at("2026-03-09")}


def an_answer_proposed(**changes: Any) -> AnswerProposed:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "unit": "education",
        "proposal": PROPOSAL,
        "digest": PROPOSED,
        "kind": AnswerKind.DISCLOSED,
        "letter": LETTER,
        "grounds": (),
        "rulebook": RULEBOOK,
        "by": "zhao-min",
        "at": at("2026-03-09"),
    }
    return AnswerProposed(**fields | changes)


def a_proposal_withdrawn(**changes: Any) -> ProposalWithdrawn:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "unit": "education",
        "proposal": PROPOSAL,
        "reason": "补充一份附件",
        "rulebook": RULEBOOK,
        "by": "zhao-min",
        "at": at("2026-03-09"),
    }
    return ProposalWithdrawn(**fields | changes)


def an_answer_approved(**changes: Any) -> AnswerApproved:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "unit": "education",
        "proposal": PROPOSAL,
        "digest": PROPOSED,
        "sign_off": a_ref(7, "review", "gongkai.SignOffCompleted.v1"),
        "rulebook": RULEBOOK,
        "by": "li-qiang",
        "at": at("2026-03-09"),
    }
    return AnswerApproved(**fields | changes)


def a_sign_off_stale(**changes: Any) -> SignOffStale:
    return SignOffStale(**an_answer_approved().model_dump() | changes)


def a_sign_off_opened(**changes: Any) -> SignOffOpened:
    fields = _ABOUT | {
        "rule": "answer",
        "steps": (SignOffStep(step="unit-deputy", unit="education"),),
        "proposed_by": "zhao-min",
        "proposal": a_ref(6, "intake", "gongkai.AnswerProposed.v1"),
        "rulebook": RULEBOOK,
        "by": "system",
        "at": at("2026-03-09"),
    }
    return SignOffOpened(**fields | changes)


def a_step_given(**changes: Any) -> StepGiven:
    return StepGiven(**_ABOUT | _SAID | {"step": "unit-deputy", "opinion": ""} | changes)


def a_step_returned(**changes: Any) -> StepReturned:
    return StepReturned(**_ABOUT | _SAID | {"step": "unit-deputy", "opinion": "请补充依据"} | changes)


def a_sign_off_completed(**changes: Any) -> SignOffCompleted:
    approvals = (StepApproval(step="unit-deputy", by="li-qiang", at=at("2026-03-09")),)
    return SignOffCompleted(**_ABOUT | _SAID | {"approvals": approvals} | changes)


def a_sign_off_voided(**changes: Any) -> SignOffVoided:
    return SignOffVoided(**_ABOUT | _SAID | {"ground": VoidGround.WITHDRAWN, "by": "system"} | changes)
