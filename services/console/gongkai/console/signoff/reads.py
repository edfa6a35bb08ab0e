"""What waits for whose signature, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gongkai.contracts.vocabulary import Duty
from gongkai.ledger.read import Connection
from gongkai.rules.rulebooks import BODIES
from gongkai.web import t

# An application whose proposed answer is neither withdrawn nor returned: it is the signers' turn.
UNDER_SIGNATURE: Final = (
    "EXISTS (SELECT FROM proposal p LEFT JOIN sign_off_state s"
    " ON s.case_of = 'application-' || p.application AND s.subject = p.proposal"
    " WHERE p.application = application.application AND p.proposed > coalesce(p.withdrawn, 0)"
    " AND coalesce(s.state, 'waiting') <> 'returned')"
)

FIRST: Final = "unit-deputy"  # who has it until review has opened the sign-off, a moment later
SIGNERS: Final = {FIRST: (Duty.DEPUTY, Duty.HEAD)}  # by the rulebook's code of a step


@dataclass(frozen=True, slots=True)
class Standing:
    """How the proposed answer of an application stands. `step`: whose turn it is, by the rulebook's code, since when;
    None until the sign-off is opened, and once it is over."""

    proposal: str
    proposed_by: str
    state: str  # waiting, returned, completed
    step: str | None = None
    since: datetime | None = None
    returned_by: str | None = None
    returned_at: datetime | None = None
    opinion: str | None = None

    @property
    def step_words(self) -> str:
        return t(*BODIES[self.step or FIRST])

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Who may sign the step."""
        return SIGNERS[self.step or FIRST]


async def of_application(pool: Connection, application: str) -> Standing | None:
    """None where nothing is proposed, or it was withdrawn."""
    row = await pool.fetchrow(
        "SELECT p.proposal, p.proposed_by, p.proposed_at, s.state, s.step, s.since, s.returned_by,"
        " s.returned_at, s.opinion FROM proposal p LEFT JOIN sign_off_state s"
        " ON s.case_of = 'application-' || p.application AND s.subject = p.proposal"
        " WHERE p.application = $1 AND p.proposed > coalesce(p.withdrawn, 0)",
        application,
    )
    if row is None or row["state"] == "voided":
        return None
    state = row["state"] or "waiting"
    returned = state == "returned"
    return Standing(
        row["proposal"],
        row["proposed_by"],
        state,
        row["step"] if state == "waiting" else None,
        (row["since"] or row["proposed_at"]) if state == "waiting" else None,
        row["returned_by"] if returned else None,
        row["returned_at"] if returned else None,
        row["opinion"] if returned else None,
    )


async def waiting(pool: Connection, units: list[str], person: str, most: int) -> list[Any]:
    """Applications whose answer waits for somebody of these units to sign it, and that this person didn't propose:
    the oldest first."""
    rows: list[Any] = await pool.fetch(
        "SELECT a.*, s.since FROM sign_off_state s JOIN application a ON s.case_of = 'application-' || a.application"
        " JOIN proposal p ON p.application = a.application AND p.proposal = s.subject"
        " WHERE s.state = 'waiting' AND s.unit = ANY($1::text[]) AND s.proposed_by <> $2"
        " AND p.proposed > coalesce(p.withdrawn, 0) AND a.answered IS NULL ORDER BY s.since, a.application LIMIT $3",
        units,
        person,
        most,
    )
    return rows
