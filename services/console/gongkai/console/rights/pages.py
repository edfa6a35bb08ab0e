"""权限表 and 登录与密钥记录: who may do what, and who came in. For auditors, and for those who watch over it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.identity import access
from gongkai.identity.visitor import Visiting, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.rights.kinds import KINDS
from gongkai.runtime.rights.published import labels
from gongkai.runtime.rights.table import as_data

router = APIRouter(include_in_schema=False)

MOST = 100  # entries on a page


@router.get("/rights")
@acts(Action.SEE_RIGHTS)
async def table(request: Request, who: Visiting, kind: str = "") -> Response:
    """The whole table; or what one kind of people may do."""
    who.must(Action.SEE_RIGHTS)
    chosen = next((each for each in KINDS if each.name == kind), None)
    entries = [entry for entry in as_data() if chosen is None or entry["kinds"][chosen.name]]
    return await show(
        request,
        who,
        "rights.html",
        at="rights",
        kinds=KINDS,
        chosen=chosen,
        entries=entries,
        services=labels(),
    )


@router.get("/access")
@acts(Action.SEE_ACCESS)
async def entries(
    request: Request, who: Visiting, deps: DependenciesOf, name: str = "", before: int | None = None
) -> Response:
    """Newest first, by cursor; of one name, or of all."""
    who.must(Action.SEE_ACCESS)
    found = await access.entries(deps.pool, name=name.strip(), before=before, most=MOST + 1)
    rows = found[:MOST]
    return await show(
        request,
        who,
        "access.html",
        at="access",
        rows=rows,
        words=access.WORDS,
        name=name.strip(),
        older=rows[-1]["id"] if len(found) > MOST else None,
        first=before is None,
    )
