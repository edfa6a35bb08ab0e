"""工作台: the open tasks of the person signed in, the most urgent first."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.tasks import reads as tasks
from gongkai.console.visitor import Visiting
from gongkai.identity.signed_in import show
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts

router = APIRouter(include_in_schema=False)


@router.get("/")
@acts(Action.SEE_DESK)
async def tasks_page(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    today = local_date(await deps.clock.now())
    answer = await tasks.to_answer(deps.pool, who, today)
    consult = await tasks.consultations(deps.pool, who, today)
    review = await tasks.reviews(deps.pool, who, today)
    publish = await tasks.to_publish(deps.pool, who, today)
    sign = await tasks.to_sign(deps.pool, who, today)
    mine = [*answer, *consult, *publish, *sign]
    return await show(
        request,
        who,
        "tasks.html",
        at="tasks",
        answer=answer,
        consult=consult,
        review=review,
        publish=publish,
        sign=sign,
        sent_back=await tasks.sent_back(deps.pool, who),
        late=sum(1 for task in mine if task.lateness and task.lateness.state == "late"),
        risk=sum(1 for task in mine if task.lateness and task.lateness.state == "risk"),
        total=len(mine) + len(review),
        most=tasks.MOST,
        drafts=bool(who.drafts_for()),
        may_answer=bool(who.where(Action.ANSWER_APPLICATION)),
        may_sign=bool(who.where(Action.SIGN)),
        may_reply=bool(who.where(Action.ANSWER_CONSULTATION)),
        may_review=bool(who.where(Action.EXAMINE)),
    )
