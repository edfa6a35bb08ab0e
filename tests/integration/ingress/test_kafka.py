"""A topic for each system: the same ingress, the same answers, personal data encrypted only, and nothing stops it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator

import pytest
from cloudevents.core.bindings import kafka as sdk
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer

from gongkai.contracts.ingress import DRAFTED, LARGEST_EVENT, RECEIVED
from gongkai.intake.ingress.problems import MAX_PROBLEM
from tests.integration.ingress.agency import APPLICANT, Agency, applied, box, drafted, event
from tests.integration.ingress.wire import Wire, send_batch


@pytest.fixture
async def wire(agency: Agency, broker: str) -> AsyncIterator[Wire]:
    made = Wire(agency.topic, {"bootstrap.servers": broker})
    await made.ready()
    yield made
    await asyncio.to_thread(made.consumer.close)


async def test_events_of_any_shape_get_their_answer_and_a_poison_message_stops_nothing(
    agency: Agency, wire: Wire
) -> None:
    before, said = await agency.size(), event(drafted())
    wire.send(said)
    wire.send(b"\xff\x00 no json")
    wire.send(None)
    wire.send([said])
    wire.send(said)
    wire.send(event(drafted("water")))
    binary = {f"ce_{name}": str(said[name]) for name in ("specversion", "source", "type")}
    wire.send(drafted(), binary | {"ce_id": "binär-1", "content-type": "application/json"})
    told = await wire.results(7)
    assert [each["state"] for each in told] == [
        "accepted",
        *["refused"] * 3,
        "duplicate",
        "refused",
        "accepted",
    ]
    assert [each["problem"]["code"] for each in told if each["problem"]] == [
        "ingress.not-json",
        "ingress.not-json",
        "ingress.no-event",
        "ingress.other-unit",
    ]
    assert told[4]["place"] == told[0]["place"]
    assert await agency.size() == before + 2
    over_http = await agency.post(said)
    assert over_http.json()["state"] == "duplicate"


async def test_what_cannot_be_unpacked_is_stepped_over_and_stops_neither_its_topic_nor_anothers(
    agency: Agency, broker: str, wire: Wire
) -> None:
    water = Wire(Agency(agency.services, "water").topic, {"bootstrap.servers": broker})
    await water.ready()
    before, odd, behind = (event(drafted()) for _ in range(3))
    await send_batch(broker, agency.topic, before, odd, behind, odd=1)
    wire.send(said := event(drafted()))
    water.send(event(drafted("water")))
    told = await wire.results(4)
    assert [(each["id"], each["state"]) for each in told] == [
        (before["id"], "accepted"),
        (None, "refused"),
        (None, "refused"),  # out of reach behind the odd one, in the same batch
        (said["id"], "accepted"),
    ]
    assert {each["problem"]["code"] for each in told[1:3]} == {"ingress.not-unpacked"}
    assert [each["state"] for each in await water.results(1)] == ["accepted"]
    await asyncio.to_thread(water.consumer.close)


async def test_an_agency_may_compress_what_it_sends(agency: Agency, broker: str, wire: Wire) -> None:
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        wire.producer = Producer({"bootstrap.servers": broker, "compression.type": codec})
        wire.send(event(drafted(reason="说明" * 500)))
        assert [each["state"] for each in await wire.results(1)] == ["accepted"], codec


async def test_a_codec_nobody_knows_is_refused_message_by_message(
    agency: Agency, broker: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiokafka.codec.cramjam", None)
    wire.producer = Producer({"bootstrap.servers": broker, "compression.type": "zstd", "linger.ms": 500})
    for _ in range(3):
        wire.send(event(drafted(reason="说明" * 500)))
    assert [each["problem"]["code"] for each in await wire.results(3)] == ["ingress.not-unpacked"] * 3


async def test_a_refusal_is_bounded_however_long_the_names_are_that_it_is_about(
    agency: Agency, wire: Wire
) -> None:
    room = LARGEST_EVENT - 4_000
    wrong = [event(drafted() | {"名" * (room // 3): 1}), event(drafted() | {"k" * room: 1})]
    many = event(drafted() | {f"{n:02}" + "名" * 3_000: 1 for n in range(25)})
    for said in (*wrong, many):
        wire.send(json.dumps(said, ensure_ascii=False).encode())
    wire.send(b"{}", {"content-type": "名" * 100_000})
    wire.send(b"{}", {f"ce_{'k' * 300_000}": "1", "ce_specversion": "1.0"})
    wire.send(event(drafted()))
    told = await wire.results(6)
    assert [each["state"] for each in told] == ["refused"] * 5 + ["accepted"]
    assert told[1]["problem"]["field"] == f"/data/{'k' * 80}…"
    sizes = [len(json.dumps(each, ensure_ascii=False).encode()) for each in told]
    assert max(sizes) < MAX_PROBLEM + 2_000, sizes
    pool = agency.services.deps["intake"].pool
    assert await pool.fetchval("SELECT max(octet_length(problem)) FROM handed") <= MAX_PROBLEM


@pytest.mark.clause("GT-register")
async def test_personal_data_comes_encrypted_or_not_at_all(agency: Agency, wire: Wire) -> None:
    plain, good, copied = (event({}, RECEIVED) for _ in range(3))
    open_fields = {"unit": "finance", "channel": "letter", "received_on": "2025-03-03"}
    personal = {"applicant": APPLICANT, "request": {"description": "2024年决算"}}
    wire.send(plain | {"data": applied()})
    sealed = await box(agency, good, **personal)
    wire.send(good | {"data": open_fields | {"sealed": sealed}})
    wire.send(copied | {"data": open_fields | {"sealed": sealed}})
    wire.send(copied | {"data": open_fields | {"sealed": sealed[:-4] + "AAAA"}})
    refused, accepted, stolen, broken = await wire.results(4)
    assert (refused["problem"]["code"], refused["problem"]["field"]) == (
        "ingress.personal-in-clear",
        "/data/applicant",
    )
    assert accepted["state"] == "accepted", accepted
    assert accepted["receipt"]
    assert accepted["code"] is None
    assert [each["problem"]["code"] for each in (stolen, broken)] == ["ingress.sealed"] * 2
    pool = agency.services.deps["intake"].pool
    for row in await pool.fetch("SELECT kept, problem FROM handed WHERE state = 'refused'"):
        for word in (*APPLICANT.values(), "2024年决算"):
            assert word.encode() not in row["kept"] + row["problem"]
    again = await box(agency, good, **personal)  # another ciphertext of the same words
    [same] = await agency.batch(good | {"data": open_fields | {"sealed": again}})
    assert (same["state"], same["receipt"]) == ("duplicate", accepted["receipt"])


async def test_the_python_sdk_of_cloudevents_writes_to_the_topic(agency: Agency, wire: Wire) -> None:
    def made() -> CloudEvent:
        attributes = {"type": DRAFTED, "source": "/oa", "id": secrets.token_hex(8), "specversion": "1.0"}
        return CloudEvent(attributes | {"datacontenttype": "application/json"}, drafted())

    await wire.ready(grouped=True)  # as an agency's consumer would be
    for message in (
        sdk.to_binary(made(), JSONFormat()),
        sdk.to_structured(made(), JSONFormat()),
    ):
        wire.producer.produce(wire.topic, message.value, headers=list(message.headers.items()))
    told = await wire.results(2)
    assert [each["state"] for each in told] == ["accepted"] * 2, told
