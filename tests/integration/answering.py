"""Answering an application as a unit does: proposed by its officer, signed by its deputy, sent by that (CX-17e)."""

import asyncio
from typing import Any

import httpx

from tests.integration.running_services import Services

ANSWER: dict[str, Any] = {"kind": "disclosed", "text": "现予公开。"}


async def propose(services: Services, application: str, officer: str, **more: Any) -> dict[str, Any]:
    """Proposed, and given to sign."""
    path = f"/applications/{application}/answer"
    said = await services.say("intake", path, officer, ANSWER | more)
    assert said.status_code == 201, said.text
    assert said.json()["state"] == "proposed"
    await services.settled()
    return dict(said.json())


async def sign(
    services: Services, application: str, deputy: str, decision: str = "give", opinion: str = ""
) -> httpx.Response:
    """The deputy's word on what waits now."""
    case = f"/sign-offs/application-{application}"
    stands = (await services.ask("review", case, deputy)).json()
    body = {name: stands[name] for name in ("subject", "digest")}
    return await services.say("review", case, deputy, body | {"decision": decision, "opinion": opinion})


async def answered(services: Services, application: str, unit: str, **more: Any) -> None:
    """Proposed, signed and sent, by `<unit>-officer` and `<unit>-deputy`."""
    await propose(services, application, f"{unit}-officer", **more)
    signed = await sign(services, application, f"{unit}-deputy")
    assert signed.status_code == 201, signed.text
    for _ in range(400):
        shown = await services.ask("intake", f"/applications/{application}", f"{unit}-officer")
        if shown.json()["state"] == "answered":
            return await services.settled()
        await asyncio.sleep(0.05)
    raise AssertionError(f"{application} was signed and never sent")
