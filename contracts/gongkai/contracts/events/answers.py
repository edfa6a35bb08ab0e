"""受理: the answer to an application, frozen for signature until it is approved, as facts (CX-17e). The answer itself:
intake.py."""

from gongkai.contracts.events._event import (
    AuditSentence,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    RulebookClause,
    Sealed,
    Text,
    event,
)
from gongkai.contracts.vocabulary import AnswerKind

_SIGN_OFF = RulebookClause("approvals", default="answer")


@event(1, "intake", zh="报签答复", en="Answer proposed", basis=_SIGN_OFF)
class AnswerProposed(Event):
    """An answer as it is to go out, frozen: whoever signs, signs exactly this (CX-17e, GT-register).

    Proposed again = another answer, which takes the place of this one."""

    application: Id
    unit: Id
    proposal: Id
    digest: Digest  # of the sealed letter and the outcome, so that it tells nothing of the plain text
    kind: AnswerKind
    letter: Sealed
    grounds: tuple[Id, ...]
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"拟答复并报请签发：{self.kind.zh}", f"Answer proposed for signature: {self.kind.en}"
        )


@event(1, "intake", zh="撤回报签", en="Proposal withdrawn", basis=_SIGN_OFF)
class ProposalWithdrawn(Event):
    """The unit takes back what it proposed, before it was approved (CX-17e)."""

    application: Id
    unit: Id
    proposal: Id
    reason: Text
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("撤回报请签发的答复", "The proposed answer was withdrawn", self.reason)


@event(1, "intake", zh="答复获批", en="Answer approved", basis=_SIGN_OFF)
class AnswerApproved(Event):
    """The current proposal has its sign-off, of exactly that digest: it goes out with this (CX-17e)."""

    application: Id
    unit: Id
    proposal: Id
    digest: Digest
    sign_off: EventRef  # the SignOffCompleted
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("答复已经签发", "The answer is approved", mood="done")


@event(1, "intake", zh="签发失效", en="Sign-off stale", basis=_SIGN_OFF)
class SignOffStale(Event):
    """A sign-off came to its end for what isn't the current proposal any more: nothing goes out by it (CX-17e)."""

    application: Id
    unit: Id
    proposal: Id  # what was signed
    digest: Digest
    sign_off: EventRef
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(
            "签发时该答复已撤回、更换或者另行答复，未发出",
            "Signed when the proposal was withdrawn, replaced or answered otherwise: not sent",
        )
