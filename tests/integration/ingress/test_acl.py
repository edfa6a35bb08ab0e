"""Who may do what at a Kafka that asks who one is: every right of a system and of a service, both ways."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    SecurityDisabled,
    TopicAuthorizationFailedError,
)
from pydantic import SecretStr
from structlog.testing import CapturingLogger

from gongkai.intake.ingress import access
from gongkai.intake.ingress.access import TopicAccess, acls_of
from gongkai.ledger import subscribe
from gongkai.ledger.acls import Acl, access_lists
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.kafka import ensure_topic, start_client
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.settings import KafkaSettings
from tests.integration.ingress.agency import Agency, agency_at, drafted, event
from tests.integration.ingress.secured import BROKERS, SECURED, Administrator, as_user
from tests.integration.ingress.wire import Wire
from tests.integration.running_services import CREATE

secured = pytest.mark.skipif(
    not SECURED, reason="needs an Apache Kafka with access lists: deploy/kafka/run --secured (make kafka)"
)
open_to_all = pytest.mark.skipif(
    not BROKERS or SECURED, reason="needs an Apache Kafka without access lists: deploy/kafka/run (make kafka)"
)
SYSTEMS = ("finance", "water")


@pytest.fixture(scope="module")
def administrator() -> Administrator:
    return Administrator()


@pytest.fixture
async def agency(
    fresh_database: Cluster, administrator: Administrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Agency]:
    """At the ingress of services that have what deploy/README.md gives them, and no more."""
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 3600)  # Kafka brings it, or nobody
    users = {name: administrator.service(name, fresh_database.database) for name in CREATE}
    async with agency_at(fresh_database, BROKERS, tmp_path, tuple(CREATE), users) as made:
        yield made


@pytest.fixture
def systems(administrator: Administrator) -> dict[str, Brokers]:
    """How each unit's system shows who it is."""
    return {unit: signed_in(f"{unit}-oa", administrator.user(f"{unit}-oa")) for unit in SYSTEMS}


def signed_in(user: str, password: str) -> Brokers:
    return KafkaSettings(kafka=BROKERS, kafka_user=user, kafka_password=SecretStr(password)).brokers


# -- what a client is told


async def write(who: Brokers, topic: str) -> None:
    """Raises what the broker refuses it with."""
    producer = AIOKafkaProducer(**who.client())
    try:
        await start_client(producer.start())
        await producer.send_and_wait(topic, b"{}")
    finally:
        await producer.stop()


async def read(who: Brokers, topic: str, group: str) -> None:
    """One message. Raises what the broker refuses it with."""
    consumer = AIOKafkaConsumer(topic, **who.client(), group_id=group, auto_offset_reset="earliest")
    try:
        await start_client(consumer.start(), 30)
        async with asyncio.timeout(30):
            await consumer.getone()
    finally:
        await consumer.stop()


async def seen(who: Brokers) -> set[str]:
    """The topics that it is told of."""
    admin = AIOKafkaAdminClient(**who.client())
    try:
        await start_client(admin.start())
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def until_seen(who: Brokers, topic: str, *, there: bool = True) -> None:
    for _ in range(300):
        if (topic in await seen(who)) is there:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{topic} is{' not' if there else ''} seen")


@asynccontextmanager
async def wire_of(agency: Agency, who: Brokers) -> AsyncIterator[Wire]:
    """The client of another maker, as agencies have one."""
    assert who.password is not None
    wire = Wire(agency.topic, as_user(who.user, who.password.get_secret_value()))
    await wire.ready()
    yield wire
    await asyncio.to_thread(wire.consumer.close)


# -- a system


@secured
@pytest.mark.parametrize(("unit", "other"), [SYSTEMS, SYSTEMS[::-1]])
async def test_a_system_does_what_is_its_own_and_nothing_else(
    agency: Agency, systems: dict[str, Brokers], unit: str, other: str
) -> None:
    me, own, prefix = systems[unit], Agency(agency.services, unit).topic, agency.services.cluster.database
    others = Agency(agency.services, other).topic
    for who, topic in ((me, own), (systems[other], others)):
        await until_seen(who, f"{topic}.results")
        await write(who, topic)
        await read(who, f"{topic}.results", f"{topic}.desk")  # so there is something that others might read

    for topic in (others, f"{others}.results", f"{own}.results", f"{prefix}.intake", f"{prefix}.review"):
        with pytest.raises(TopicAuthorizationFailedError):
            await write(me, topic)
    for topic in (others, f"{others}.results", own, f"{prefix}.intake", f"{prefix}.review"):
        with pytest.raises(TopicAuthorizationFailedError):
            await read(me, topic, f"{own}.desk")
    for group in (f"{others}.desk", f"{prefix}.ingress", f"{prefix}.review", f"{unit}-oa", own):
        with pytest.raises(GroupAuthorizationFailedError):
            await read(me, f"{own}.results", group)
    with pytest.raises(TopicAuthorizationFailedError):
        await ensure_topic(me, f"{own}.more", 1, 1)
    async with access_lists(me) as lists:
        with pytest.raises(ClusterAuthorizationFailedError):
            await lists.give(acls_of(prefix, f"{unit}-other"))
    assert {topic for topic in await seen(me) if topic.startswith(f"{prefix}.")} == {own, f"{own}.results"}


@secured
async def test_who_does_not_say_who_he_is_is_let_in_nowhere(systems: dict[str, Brokers]) -> None:
    await seen(systems["finance"])
    for stranger in (Brokers(BROKERS), replace(systems["finance"], password=SecretStr("guessed"))):
        with pytest.raises((KafkaConnectionError, TimeoutError)):
            await seen(stranger)


@secured
async def test_who_is_not_told_whom_to_trust_trusts_no_broker(systems: dict[str, Brokers]) -> None:
    finance = systems["finance"]
    await seen(finance)
    with pytest.raises((KafkaConnectionError, TimeoutError)):
        await seen(replace(finance, ca=None))
    with pytest.raises((KafkaConnectionError, TimeoutError)):  # he does say who he is, but for all to hear
        await seen(replace(finance, protocol="SASL_PLAINTEXT"))


@secured
async def test_a_retired_system_writes_and_reads_no_more(agency: Agency, systems: dict[str, Brokers]) -> None:
    finance, topic = systems["finance"], agency.topic
    await until_seen(finance, f"{topic}.results")
    await write(finance, topic)
    answer = await agency.services.say(
        "intake", "/systems/finance-oa/retirement", "registrar", {"reason": "换装"}
    )
    assert answer.status_code == 201, answer.text
    await until_seen(finance, topic, there=False)
    with pytest.raises(TopicAuthorizationFailedError):
        await write(finance, topic)
    with pytest.raises((TopicAuthorizationFailedError, GroupAuthorizationFailedError)):
        await read(finance, f"{topic}.results", f"{topic}.desk")
    async with wire_of(Agency(agency.services, "water"), systems["water"]) as water:
        water.send(said := event(drafted("water")))
        [told] = await water.results(1)
    assert (told["id"], told["state"]) == (said["id"], "accepted")

    back = {"system": "finance-oa", "name": "示例办公系统", "unit": "finance", "may": ["draft"]}
    assert (await agency.services.say("intake", "/systems", "registrar", back)).status_code == 201
    await until_seen(finance, topic)
    await write(finance, topic)


# -- the services


@secured
async def test_an_event_goes_all_the_way_by_services_with_the_rights_they_need(
    agency: Agency, systems: dict[str, Brokers]
) -> None:
    async with wire_of(agency, systems["finance"]) as wire:
        wire.send(said := event(drafted()))
        [told] = await wire.results(1)
    assert (told["id"], told["state"]) == (said["id"], "accepted"), told
    for service in CREATE:
        await agency.services.seen(service, told["place"])  # by relay, Kafka and delivery
    await agency.services.sent()


@secured
async def test_a_system_that_was_retired_while_nobody_ran_loses_its_rights_and_strangers_keep_theirs() -> (
    None
):
    brokers, mine, others = KafkaSettings(kafka=BROKERS).brokers, _prefix(), _prefix()
    await TopicAccess(brokers, others).synchronise(["finance-oa"])
    await TopicAccess(brokers, mine).synchronise(["finance-oa", "finance"])
    assert acls_of(mine, "finance-oa") | acls_of(mine, "finance") <= await _held(brokers)
    await TopicAccess(brokers, mine).synchronise(["finance"])
    held = await _held(brokers)
    assert acls_of(mine, "finance") | acls_of(others, "finance-oa") <= held
    assert not acls_of(mine, "finance-oa") & held


@secured
async def test_who_may_not_set_rights_is_told_which_right_he_lacks(
    administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_log", said := CapturingLogger())
    name = f"gongkai-{secrets.token_hex(4)}"
    mine = TopicAccess(signed_in(name, administrator.user(name)), _prefix())
    await mine.synchronise(["finance-oa"])
    await mine.synchronise(["finance-oa", "water-oa"])
    [call] = said.calls  # and not again and again
    assert f"--allow-principal User:{name} --operation Alter --cluster" in call.kwargs["why"]


@open_to_all
async def test_a_broker_without_access_lists_says_so() -> None:
    async with access_lists(Brokers(BROKERS)) as lists:
        with pytest.raises(SecurityDisabled):
            await lists.held()


def _prefix() -> str:
    return f"gongkai-{secrets.token_hex(4)}"


async def _held(brokers: Brokers) -> set[Acl]:
    async with access_lists(brokers) as lists:
        return await lists.held()
