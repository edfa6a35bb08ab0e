"""The CloudEvents SDK for Python talks to the ingress as it comes, in its three modes."""

import secrets

from cloudevents.core.bindings import http as sdk
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from gongkai.contracts.ingress import BATCH, DRAFTED
from tests.integration.ingress.agency import Agency, drafted


def made() -> CloudEvent:
    attributes = {
        "type": DRAFTED,
        "source": "urn:示例:oa",
        "id": f"号-{secrets.token_hex(8)}",
        "specversion": "1.0",
    }
    return CloudEvent(attributes | {"datacontenttype": "application/json"}, drafted())


async def test_binary_structured_and_batch(agency: Agency) -> None:
    one = made()
    for message, state in (
        (sdk.to_binary(one, JSONFormat()), "accepted"),
        (sdk.to_structured(one, JSONFormat()), "duplicate"),
        (sdk.to_structured(made(), JSONFormat()), "accepted"),
    ):
        answer = await agency.services.clients["intake"].post(
            "/v1/events", content=message.body, headers=agency.bearer | dict(message.headers)
        )
        assert answer.json()["state"] == state, answer.text
    batch = b"[" + b",".join(bytes(JSONFormat().write(e)) for e in (one, made())) + b"]"
    answer = await agency.post(batch, BATCH)
    assert [each["state"] for each in answer.json()] == ["duplicate", "accepted"]
