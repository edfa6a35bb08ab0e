"""The projection of what waits for a signature (CX-17e). Texts and letters stay with their owner."""

from gongkai.console.projection import Columns, Fold, TableProjection
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import (
    AnswerProposed,
    ProposalWithdrawn,
    SignOffCompleted,
    SignOffOpened,
    SignOffVoided,
    StepGiven,
    StepReturned,
)


def _proposed(event: AnswerProposed, record: Record) -> Columns:
    return {
        "application": event.application,
        "unit": event.unit,
        "proposed": record.streamversion,
        "proposed_at": event.at,
        "proposed_by": event.by,
        "proposal": event.proposal,
    }


def _withdrawn(event: ProposalWithdrawn, record: Record) -> Columns:
    return {"application": event.application, "unit": event.unit, "withdrawn": record.streamversion}


def _opened(event: SignOffOpened, record: Record) -> Columns:
    return {
        "case_of": event.case,
        "unit": event.unit,
        "opened": record.streamversion,
        "opened_at": event.at,
        "subject": event.subject,
        "proposed_by": event.proposed_by,
        "steps": [each.step for each in event.steps],
    }


def _given(event: StepGiven, record: Record) -> Columns:
    return {
        "case_of": event.case,
        "unit": event.unit,
        "given": record.streamversion,
        "given_at": event.at,
        "given_step": event.step,
    }


def _returned(event: StepReturned, record: Record) -> Columns:
    return {
        "case_of": event.case,
        "unit": event.unit,
        "returned": record.streamversion,
        "returned_at": event.at,
        "returned_by": event.by,
        "opinion": event.opinion,
    }


def _completed(event: SignOffCompleted, record: Record) -> Columns:
    return {"case_of": event.case, "unit": event.unit, "completed": record.streamversion}


def _voided(event: SignOffVoided, record: Record) -> Columns:
    return {"case_of": event.case, "unit": event.unit, "voided": record.streamversion}


_OF_CASE = ("case_of",)

SIGN_OFFS = TableProjection(
    "console.sign_off",
    ("proposal", "sign_off"),
    {
        AnswerProposed: Fold("proposal", ("application",), "proposed", _proposed),
        ProposalWithdrawn: Fold("proposal", ("application",), "withdrawn", _withdrawn),
        SignOffOpened: Fold("sign_off", _OF_CASE, "opened", _opened),
        StepGiven: Fold("sign_off", _OF_CASE, "given", _given),
        StepReturned: Fold("sign_off", _OF_CASE, "returned", _returned),
        SignOffCompleted: Fold("sign_off", _OF_CASE, "completed", _completed),
        SignOffVoided: Fold("sign_off", _OF_CASE, "voided", _voided),
    },
)
