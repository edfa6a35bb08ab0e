"""受理: drafts and applications, as facts. Units: units.py."""

from datetime import date

from gongkai.contracts.events._event import Digest, Event, Id, Line, PersonId, Sealed, Text, Value, event
from gongkai.contracts.vocabulary import (
    AnswerKind,
    Attribute,
    Category,
    Channel,
    ConsultationKind,
    Duty,
    ErasureGround,
    HandIn,
)


@event(1, "intake")
class SystemRegistered(Event):
    """An agency's system (OA, portal CMS, hotline) may speak for its own unit, and hand in what is listed (SC-1.1).

    Registered again = another name or other matters, as a whole; the unit stays."""

    system: Id
    name: Line
    unit: Id
    may: tuple[HandIn, ...]


@event(1, "intake")
class SystemRetired(Event):
    """A system speaks for its unit no longer, from this moment on; what it handed in stays (SC-1.1)."""

    system: Id
    unit: Id
    reason: Text


@event(1, "intake")
class DutyDelegated(Event):
    """An officer's duties in a unit are done by a colleague from one day until another, both included (SC-1.3)."""

    delegation: Id
    unit: Id
    giver: PersonId
    taker: PersonId
    duties: tuple[Duty, ...]
    since: date
    until: date
    reason: Text


@event(1, "intake")
class DelegationWithdrawn(Event):
    """From this day on the colleague does them no longer (SC-1.3)."""

    delegation: Id
    unit: Id
    since: date


class ConsultationNeed(Value):
    """Another unit that has to be asked before the document goes out."""

    unit: Id
    kind: ConsultationKind
    matters: Line
    opinion: Line


@event(1, "intake")
class DocumentDrafted(Event):
    """A draft with its disclosure attribute. Drafted again = edited: another digest, another review (CX-6, WY-B.3)."""

    document: Id
    unit: Id
    title: Line
    number: Line | None  # 发文字号
    category: Category
    attribute: Attribute
    reason: Text  # may be empty where the rulebook asks for none
    summary: Text  # 内容概述
    digest: Digest  # SHA-256 of the text in the content store
    media_type: Line
    size: int  # bytes
    formed_on: date  # 成文日期
    consult: tuple[ConsultationNeed, ...]
    rulebook: Line


@event(1, "intake")
class ApplicationReceived(Event):
    """依申请公开: an application, with everything personal sealed (GT-apply, GT-received)."""

    application: Id
    receipt: Line  # 受理编号, what the applicant quotes
    unit: Id
    channel: Channel
    applicant: Sealed  # name, identity, contact
    request: Sealed  # what is asked for, and in which form
    received_on: date  # Asia/Shanghai; the clock counts from the next working day
    code_digest: Digest  # of receipt and query code, keyed: the code itself is told once


@event(1, "intake")
class ApplicationAnswered(Event):
    """The one answer, with the judgement of its clock at that moment (GT-answer). It stays as judged."""

    application: Id
    unit: Id
    kind: AnswerKind
    letter: Sealed  # the text of the 告知书
    grounds: tuple[Id, ...]  # coded grounds of articles 14 to 16
    answered_on: date
    due: date | None  # None: past the last year with a holiday notice
    late_days: int  # working days after the due day; 0 = in time
    rulebook: Line
    calendar: Line


@event(1, "intake")
class ApplicationOverdue(Event):
    """The due day went by without an answer (GT-answer). Issued once by the timer, never withdrawn."""

    application: Id
    unit: Id
    due: date
    rulebook: Line
    calendar: Line


@event(1, "intake")
class ApplicantErased(Event):
    """A person's key is destroyed: whatever was sealed under it can't be read any more, by anybody (GT-register).

    Records and proofs stay as they are. An application of the same person afterwards is another person's to us.
    """

    person: Id
    application: Id  # the one in whose handling this was decided
    unit: Id
    ground: ErasureGround
