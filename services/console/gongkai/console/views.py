"""All projections of the console; each is defined in the folder of its capability."""

from gongkai.console.applications.views import APPLICATIONS
from gongkai.console.documents.views import CONSULTATIONS, DOCUMENTS
from gongkai.console.events.views import AuditTrail
from gongkai.console.scores.views import SCORE_ITEMS
from gongkai.console.signoff.views import SIGN_OFFS
from gongkai.ledger.projections import Projection

PROJECTIONS: tuple[Projection, ...] = (
    DOCUMENTS,
    CONSULTATIONS,
    APPLICATIONS,
    SIGN_OFFS,
    SCORE_ITEMS,
    AuditTrail(),
)
