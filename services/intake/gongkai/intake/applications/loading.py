"""An application folded from its stream, for whoever may know that it exists."""

from gongkai.contracts.streams import application_stream
from gongkai.intake.applications.aggregate import Answered, Open
from gongkai.intake.applications.refusals import unknown_application
from gongkai.intake.applications.stream import APPLICATION
from gongkai.ledger import read
from gongkai.runtime.identity import Principal
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


async def load(deps: Dependencies, application_id: str) -> Open | Answered:
    """Folds its stream. Raises BadInput (404) where there is none."""
    entries = await read.stream(deps.pool, log_for("intake"), application_stream(application_id))
    state = APPLICATION.fold(entries)
    if state is None:
        raise unknown_application()
    return state


async def load_visible(deps: Dependencies, who: Principal, application_id: str) -> Open | Answered:
    """As `load`, for a caller who names its id: a system doesn't learn that another unit's exists."""
    state = await load(deps, application_id)
    if who.system is not None and who.unit != state.received.unit:
        raise unknown_application()
    return state
