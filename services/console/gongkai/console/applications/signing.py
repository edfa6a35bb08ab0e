"""Where the answer to an application stands on its way to the applicant, for its page (CX-17e)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gongkai.console.actions import Action
from gongkai.console.calls import ask
from gongkai.console.events.timeline import names_of, person_words
from gongkai.console.signoff import reads as sign_offs
from gongkai.console.signoff.reads import Standing
from gongkai.console.visitor import Visitor, people_with
from gongkai.contracts.vocabulary import AnswerKind, Duty
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import load
from gongkai.runtime.service import Dependencies
from gongkai.web.typeset import Sheet, typeset


@dataclass(frozen=True, slots=True)
class Signing:
    """`standing`: None where nothing is proposed. `turn`: the names of those whose turn it is. `proposed`: the answer
    itself, for who may read it. `signs`, `withdraws`: whether this person is offered that."""

    turn: str
    clause: str = ""
    standing: Standing | None = None
    proposed: Mapping[str, Any] | None = None
    proposed_by: str = ""
    returned_by: str = ""
    signs: bool = False
    withdraws: bool = False

    @property
    def waits(self) -> bool:
        """It is the signers' turn."""
        return self.standing is not None and self.standing.state == "waiting"

    @property
    def returned(self) -> bool:
        return self.standing is not None and self.standing.state == "returned"

    @property
    def letter(self) -> Sheet | None:
        text = self.proposed["text"] if self.proposed else None
        return typeset(text, "") if text else None

    @property
    def kind(self) -> AnswerKind | None:
        return AnswerKind(self.proposed["kind"]) if self.proposed else None

    def typed_before(self) -> dict[str, Any]:
        """What was returned is changed, not typed again."""
        if not self.returned or self.proposed is None:
            return {}
        return {name: self.proposed[name] for name in ("kind", "text", "grounds")}


async def signing_of(deps: Dependencies, who: Visitor, row: Any) -> Signing:
    """Of an application's row."""
    unit = row["unit"]
    answers = names_of(people_with(who.register, unit, Duty.DISCLOSURE_OFFICER))
    if row["answered"] is not None:
        return Signing(answers)
    standing = await sign_offs.of_application(deps.pool, row["application"])
    if standing is None:
        return Signing(answers)
    waits = standing.state == "waiting"
    today = local_date(await deps.clock.now())
    return Signing(
        names_of(people_with(who.register, unit, *standing.duties)) if waits else answers,
        load(who.register.jurisdiction(unit), today).approvals["answer"].clause,
        standing,
        await _proposed(deps, who, row),
        person_words(who.register, standing.proposed_by, unit),
        person_words(who.register, standing.returned_by, unit) if standing.returned_by else "",
        signs=waits
        and standing.step is not None
        and standing.proposed_by != who.person
        and who.may(Action.SIGN, unit),
        withdraws=waits and who.may(Action.WITHDRAW_PROPOSAL, unit),
    )


async def _proposed(deps: Dependencies, who: Visitor, row: Any) -> Mapping[str, Any] | None:
    if not who.may(Action.READ_PROPOSAL, row["unit"]):
        return None
    path = f"/applications/{quote(row['application'], safe='')}/proposal"
    found = await ask(deps, who, "intake", "GET", path)
    return dict(found.body) if found.ok else None
