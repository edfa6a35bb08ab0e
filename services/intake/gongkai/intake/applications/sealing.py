"""What is personal, sealed on its way in and opened for who may see it (个人信息)."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from gongkai.contracts.events import Sealed
from gongkai.intake import refusals
from gongkai.intake.applications import aggregate as application
from gongkai.ledger import seal
from gongkai.ledger.seal import Keys
from gongkai.runtime.service import Dependencies


def alone_with(deps: Dependencies, person: str) -> AbstractAsyncContextManager[object]:
    """Nobody is erased here while an application of the same person comes in."""
    if deps.appender is None:
        raise RuntimeError("intake owns a log")
    return deps.appender.stream_lock(f"person/{person}")


def keys_of(deps: Dependencies) -> Keys:
    if deps.keys is None:
        raise RuntimeError("intake needs the database of keys: GONGKAI_KEYS_DSN")
    return deps.keys


def sealed(person: str, key: bytes, content: Any, bound_to: str) -> Sealed:
    nonce, box = seal.seal(key, content, bound_to)
    return Sealed(person=person, nonce=nonce, box=box)


async def unsealed(deps: Dependencies, box: Sealed, bound_to: str) -> Any:
    """None when the person was erased."""
    try:
        key = await keys_of(deps).key_of(box.person)
    except seal.Erased:
        return None
    return seal.unseal(key, box.nonce, box.box, bound_to)


async def letter_for(
    deps: Dependencies, state: application.Open | application.Answered, text: str, bound_to: str
) -> Sealed:
    """The sealed letter; the very same box when the same text is said again, so that it means the same."""
    if isinstance(state, application.Answered):
        before = await unsealed(deps, state.answer.letter, bound_to)
        if before is not None and before["text"] == text:
            return state.answer.letter
    person = state.received.applicant.person
    try:
        key = await keys_of(deps).key_of(person)
    except seal.Erased:
        raise refusals.erased() from None
    return sealed(person, key, {"text": text}, bound_to)
