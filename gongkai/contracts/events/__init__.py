"""Every event, one module per service. Callers load the messages, never the component."""

from gongkai.contracts.errors import UnknownVersion
from gongkai.contracts.events._event import (
    REGISTRY,
    SYSTEM,
    Digest,
    Event,
    EventRef,
    Id,
    Kind,
    Line,
    Moment,
    PersonId,
    SaidLine,
    SaidText,
    Sealed,
    Text,
    Value,
    decode,
)
from gongkai.contracts.events._lifts import LIFTS, lifts
from gongkai.contracts.events.intake import (
    ApplicantErased,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    ConsultationNeed,
    DocumentDrafted,
    Officer,
    UnitRegistered,
)
from gongkai.contracts.events.publishing import DocumentPublished
from gongkai.contracts.events.review import (
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    SecrecyReviewed,
    SecrecyReviewRequested,
)
from gongkai.contracts.events.scoring import ScoreChanged

__all__ = [
    "LIFTS",
    "REGISTRY",
    "SYSTEM",
    "ApplicantErased",
    "ApplicationAnswered",
    "ApplicationOverdue",
    "ApplicationReceived",
    "ConsultationAnswered",
    "ConsultationLapsed",
    "ConsultationNeed",
    "ConsultationRequested",
    "Digest",
    "DocumentDrafted",
    "DocumentPublished",
    "Event",
    "EventRef",
    "Id",
    "Kind",
    "Line",
    "Moment",
    "Officer",
    "PersonId",
    "SaidLine",
    "SaidText",
    "ScoreChanged",
    "Sealed",
    "SecrecyReviewRequested",
    "SecrecyReviewed",
    "Text",
    "UnitRegistered",
    "UnknownVersion",
    "Value",
    "decode",
    "lifts",
]
