"""The ledger's public log server (C2SP tlog-tiles) in the console: checkpoints and hash tiles for everybody.

Drafts and opinions are in the entries, so reading them takes the auditor's right (GT-supervise).
"""

from typing import Any

from starlette.requests import Request

from gongkai.console.actions import Action
from gongkai.console.service import LOGS
from gongkai.contracts.clauses import clause
from gongkai.identity import sessions
from gongkai.ledger.server import EntriesAccess, log_router
from gongkai.runtime.commands import dependencies_of
from gongkai.runtime.identity import Principal, principal
from gongkai.runtime.openapi import SIGNED_IN, answers
from gongkai.runtime.rights import acts, require


def _pool(request: Request) -> Any:
    return request.app.state.deps.pool


@clause("GT-supervise")
async def _require_auditor(request: Request) -> None:
    """Refuse all but auditors, by token or by the console's own session."""
    deps = await dependencies_of(request)
    session = None
    if "authorization" not in request.headers:
        session = await sessions.find(deps.pool, request, deps.wall())
    if session is not None:
        who = Principal(session.person, "console", session.registrar, session.security)
    else:
        who = await principal(request)
    await require(deps, who, Action.READ_ENTRIES)


router = log_router(
    LOGS,
    _pool,
    EntriesAccess(_require_auditor, answers(401, 403), SIGNED_IN),
    mark_public=acts(Action.READ_TREE),
    mark_entries=acts(Action.READ_ENTRIES),
)
