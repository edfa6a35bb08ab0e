"""Mutants made by hand: each breaks a clause in a way that unit tests once let pass, and names the scenario that notices."""

from dataclasses import dataclass
from pathlib import Path

import gongkai
from tests.mutants.functions import Mutant


@dataclass(frozen=True)
class HandMade:
    """`was` stands exactly once in the module."""

    says: str
    clause: str
    module: str
    was: str
    becomes: str
    scenario: str

    def mutant(self) -> Mutant:
        path = self._path()
        before = path.read_text(encoding="utf-8")
        if before.count(self.was) != 1:
            raise SystemExit(f"{self.says}: `{self.was}` stands {before.count(self.was)} times in {path}")
        line = before[: before.index(self.was)].count("\n") + 1
        after = before.replace(self.was, self.becomes)
        return Mutant(self.module, path, "(by hand)", line, (self.clause,), before, after)

    def _path(self) -> Path:
        relative = Path(*self.module.split(".")[1:]).with_suffix(".py")
        return next(path for root in gongkai.__path__ if (path := Path(root) / relative).exists())


SC = "tests/requirements/sc"
HANDMADE = (
    HandMade(
        "intake ignores the day of receipt that an officer enters",
        "GT-received",
        "gongkai.intake.applications.aggregate",
        "received_on=cmd.received_on or default_day,",
        "received_on=default_day,",
        "tests/requirements/gt/test_applications.py::test_the_clock_starts_on_the_day_of_receipt_that_the_officer_enters",
    ),
    HandMade(
        "intake issues a draft without its reason",
        "CX-6",
        "gongkai.intake.documents.aggregate",
        "if rule.reason_required and not cmd.reason.strip():",
        "if rule.reason_required and not rule.reason_required:",
        "tests/requirements/cx/test_drafting.py::test_all_but_proactive_disclosure_needs_its_reason",
    ),
    HandMade(
        "intake tells the public a body without address, hours and phone",
        "WY-A.4",
        "gongkai.intake.units.models",
        'entry.body.model_copy(update={"officer": None})',
        'entry.body.model_copy(update=dict.fromkeys(("officer", "address", "hours", "phone")))',
        "tests/requirements/wy/test_register.py::test_the_public_finds_the_bodys_name_address_hours_and_telephone",
    ),
    HandMade(
        "review sends a letter without the drafter's opinion",
        "SC-A1.6",
        "gongkai.review.consultation.reactions",
        "opinion=need.opinion,",
        'opinion="无",',
        f"{SC}/test_coordination.py::test_a_letter_says_what_it_is_about_and_what_the_drafter_thinks",
    ),
    HandMade(
        "review takes a disagreement that no deputy signed",
        "SC-3.3",
        "gongkai.review.consultation.aggregate",
        "if not cmd.agrees and cmd.signed_by not in cmd.deputies:",
        "if not cmd.agrees and cmd.signed_by is False:",
        f"{SC}/test_consultation.py::test_who_disagrees_states_why_and_the_deputy_signs",
    ),
    HandMade(
        "review lets the drafter give the secrecy opinion",
        "WY-B.3",
        "gongkai.review.secrecy.aggregate",
        "if state.request.drafted_by in {cmd.by, *cmd.for_whom}:",
        "if state.request.drafted_by in cmd.for_whom:",
        "tests/requirements/wy/test_own_draft.py::test_who_drafted_does_not_review_for_a_colleague_either",
    ),
    HandMade(
        "the gate takes any silence for consent",
        "SC-3.3",
        "gongkai.rules.release.docket",
        '"consent" if event.silence is Silence.CONSENT else "open"',
        '"consent"',
        f"{SC}/test_consultation.py::test_silence_is_reminded_and_never_consent",
    ),
    HandMade(
        "the gate takes no silence for consent",
        "SC-A1.4c",
        "gongkai.rules.release.docket",
        '"consent" if event.silence is Silence.CONSENT else "open"',
        '"open"',
        f"{SC}/test_coordination.py::test_silence_of_five_working_days_is_consent",
    ),
    HandMade(
        "scoring doesn't count a silent unit",
        "SC-4.1",
        "gongkai.scoring.scores.aggregate",
        "case ConsultationLapsed(asked=unit, due=due):",
        "case ConsultationLapsed(asked=unit, due=due) if False:",
        f"{SC}/test_score.py::test_silence_costs_the_silent_unit_points_with_its_evidence",
    ),
    HandMade(
        "the portal hides that an answer is late",
        "GT-answer",
        "gongkai.portal.applications.progress_pages",
        "late_days(calendar, clock.due, clock.today) if clock.due and found.answer is None else 0",
        "0",
        "tests/requirements/gt/test_applications.py::test_it_is_answered_within_twenty_working_days_and_lateness_shows_to_all",
    ),
    HandMade(
        "the working group has no oversight",
        "WY-A.1",
        "gongkai.runtime.rights.grants",
        "if entry and not self.roles.isdisjoint(entry.roles) and",
        "if entry and not (self.roles - {StandingRole.WORKING_GROUP}).isdisjoint(entry.roles) and",
        "tests/requirements/wy/test_register.py::test_the_working_group_oversees_every_unit_of_its_county",
    ),
)
