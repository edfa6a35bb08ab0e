"""Personal data, sealed on its way in and unsealed for those who may see it (个人信息)."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from gongkai.contracts.events import Sealed
from gongkai.intake.applicants import refusals
from gongkai.intake.applications import aggregate as application
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.ledger import seal


def alone_with(deps: IntakeDependencies, person: str) -> AbstractAsyncContextManager[object]:
    """Excludes erasing a person while an application of the same person is received."""
    return deps.appender.stream_lock(f"person/{person}")


def sealed(person: str, key: bytes, content: Any, bound_to: str) -> Sealed:
    nonce, box = seal.seal(key, content, bound_to)
    return Sealed(person=person, nonce=nonce, box=box)


async def unsealed(deps: IntakeDependencies, box: Sealed, bound_to: str) -> Any:
    """None when the person was erased."""
    try:
        key = await deps.keys.key_of(box.person)
    except seal.Erased:
        return None
    return seal.unseal(key, box.nonce, box.box, bound_to)


async def letter_for(
    deps: IntakeDependencies, state: application.Open | application.Answered, text: str, bound_to: str
) -> Sealed:
    """The sealed letter; the box on record when the text is the same, so that a repeated command is recognised."""
    if isinstance(state, application.Answered):
        before = await unsealed(deps, state.answer.letter, bound_to)
        if before is not None and before["text"] == text:
            return state.answer.letter
    person = state.received.applicant.person
    try:
        key = await deps.keys.key_of(person)
    except seal.Erased:
        raise refusals.erased() from None
    return sealed(person, key, {"text": text}, bound_to)
