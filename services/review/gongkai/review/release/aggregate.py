"""发布准许: one release of one version, permitted or refused (WY-B.3, WY-B.4, LS-10b, SC-3.3, SC-A1.4c).

Whoever decides has folded the drafts, the review and the consultations; the write is guarded on the streams of this log that
were folded, so that a permit is true at its own position. It lives a minute, and isn't revoked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    Event,
    Missing,
    PersonId,
    ReleasePermitted,
    ReleaseRefused,
    ReleaseRequested,
)
from gongkai.rules import Rules
from gongkai.rules.release import gate
from gongkai.rules.release.gate import Docket

PERMIT: Final = timedelta(seconds=60)  # what a release takes once it is permitted, many times over

# -- state


@dataclass(frozen=True, slots=True)
class Decided:
    decision: ReleasePermitted | ReleaseRefused


State = Decided | None

# -- commands


@dataclass(frozen=True, slots=True)
class Decide:
    """Permit the release that was requested, or refuse it. `docket`: of the newest version."""

    request: ReleaseRequested
    docket: Docket
    by: PersonId


# -- decide


@clause("WY-B.3", "WY-B.4", "LS-10b", "SC-3.3", "SC-A1.4c")
def decide(state: State, cmd: Decide, rules: Rules, now: datetime) -> list[Event]:
    """Nothing for a release that was decided; refused with all that is missing."""
    if state is not None:
        return []
    request, docket = cmd.request, cmd.docket
    lacking = gate.missing(docket, request.digest, rules.book)
    if not lacking and docket.draft.ref.id != request.draft.id:
        lacking = [gate.other_version(rules.book)]
    if lacking or docket.review is None:
        return [
            ReleaseRefused(
                release=request.release,
                document=request.document,
                unit=request.unit,
                digest=request.digest,
                draft=request.draft,
                missing=tuple(Missing(code=m.code, clause=m.clause, zh=m.zh, en=m.en) for m in lacking),
                rulebook=rules.book.version,
                by=cmd.by,
                at=now,
            )
        ]
    return [
        ReleasePermitted(
            release=request.release,
            document=request.document,
            unit=request.unit,
            digest=request.digest,
            draft=request.draft,
            review=docket.review.ref,
            consultations=tuple(c.ref for c in docket.about(request.digest)),
            expires=now + PERMIT,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case ReleasePermitted() | ReleaseRefused():
            return Decided(event)
        case _:
            return state
