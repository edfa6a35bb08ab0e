"""Who may hand in what: a system what a person may, for its own unit alone, as far as the register lets it (SC-1.1)."""

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED
from gongkai.intake.actions import Action
from gongkai.intake.ingress import refusals
from gongkai.runtime import rights
from gongkai.runtime.identity import Principal
from gongkai.runtime.service import Dependencies

NEEDS = {
    DRAFTED: Action.DRAFT,
    RECEIVED: Action.RECEIVE_APPLICATION,
    ANSWERED: Action.ANSWER_APPLICATION,
}


@clause("SC-1.1")
async def speaking(deps: Dependencies, who: Principal) -> tuple[str, str]:
    """The system that asks, and its unit. Raises Refused for a person, and for a system that was retired."""
    if who.system is None or who.unit is None:
        raise refusals.not_a_system()
    entry = (await deps.replica.sync()).system(who.system)
    if entry is None or entry.unit != who.unit:
        raise refusals.not_registered(who.system)
    return who.system, who.unit


@clause("SC-1.1")
async def require(deps: Dependencies, who: Principal, kind: str, unit: str) -> None:
    """Refuse what the table of rights doesn't grant; a system is told where it went wrong."""
    try:
        await rights.require(deps, who, NEEDS[kind], unit=unit)
    except Refused as no:
        if who.system is None:
            raise
        if who.unit != unit:
            raise refusals.other_unit(deps.replica.register.name(str(who.unit))) from None
        no.field = "/type"
        raise
