"""审查: sign-off of what another service owns, as facts (CX-17e). The owner's facts: answers.py."""

from gongkai.contracts.events._event import (
    AuditSentence,
    Author,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    Moment,
    PersonId,
    RulebookClause,
    Text,
    Value,
    event,
)
from gongkai.contracts.vocabulary import VoidGround

_RULE = RulebookClause("approvals", key="rule")


class SignOffStep(Value):
    """One step: whose word is asked, by the rulebook's code, and in which unit."""

    step: Id
    unit: Id


class StepApproval(Value):
    """Who gave a step, and when."""

    step: Id
    by: PersonId
    at: Moment


@event(1, "review", zh="送签", en="Sign-off opened", basis=_RULE)
class SignOffOpened(Event):
    """The steps that a frozen proposal has to pass, one after another (CX-17e). Another subject of the same case takes
    the place of this one."""

    case: Line  # the owner's stream
    subject: Id  # the proposal
    digest: Digest
    unit: Id
    rule: Id  # which of the rulebook's approvals
    steps: tuple[SignOffStep, ...]
    proposed_by: Author
    proposal: EventRef
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(f"送签，共{len(self.steps)}步", f"Sign-off opened, steps: {len(self.steps)}")


@event(1, "review", zh="签批同意", en="Step given", basis=_RULE)
class StepGiven(Event):
    """The signer agrees to exactly that proposal (CX-17e)."""

    case: Line
    subject: Id
    digest: Digest
    unit: Id
    rule: Id
    step: Id
    opinion: Text  # may be empty
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("签批：同意", "Signed: agreed", self.opinion, "done")


@event(1, "review", zh="签批退回", en="Step returned", basis=_RULE)
class StepReturned(Event):
    """The signer sends it back with an opinion; what is proposed next begins anew (CX-17e)."""

    case: Line
    subject: Id
    digest: Digest
    unit: Id
    rule: Id
    step: Id
    opinion: Text
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("签批：退回", "Returned by the signer", self.opinion)


@event(1, "review", zh="签批完成", en="Sign-off completed", basis=_RULE)
class SignOffCompleted(Event):
    """Every step is given. Whether it still counts, the proposal's owner decides (CX-17e)."""

    case: Line
    subject: Id
    digest: Digest
    unit: Id
    rule: Id
    approvals: tuple[StepApproval, ...]
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("全部签批完成", "Every step is signed", mood="done")


@event(1, "review", zh="签批作废", en="Sign-off voided", basis=_RULE)
class SignOffVoided(Event):
    """Nobody has to sign any more: what was proposed is withdrawn, or no longer needed (CX-17e)."""

    case: Line
    subject: Id
    digest: Digest
    unit: Id
    rule: Id
    ground: VoidGround
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(f"签批作废：{self.ground.zh}", f"Sign-off void: {self.ground.en}")
