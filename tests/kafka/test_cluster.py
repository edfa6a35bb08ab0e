"""Apache Kafka keeps what the relay asks of it: same bytes, same order, nothing acknowledged is lost.

`make kafka` starts the brokers (deploy/kafka/run) and names them in GONGKAI_TEST_KAFKA. Where a Docker engine
answers and has Kafka's image or can pull it, as many brokers run in containers, with the same settings.
"""

import asyncio
import gc
import os
import signal
import socket
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

BROKERS = os.environ.get("GONGKAI_TEST_KAFKA", "")
PIDS = os.environ.get("GONGKAI_TEST_KAFKA_PIDS", "")
SETTINGS = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "server.properties"
IMAGE = "apache/kafka:4.3.1"
LOOPBACK_ONLY = {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}
PATIENCE = 60.0  # seconds; a cluster that lost a broker is whole again after about 10

pytestmark = pytest.mark.skipif(not BROKERS, reason="needs Apache Kafka: `make kafka` starts it")


@dataclass(frozen=True)
class Cluster:
    """Brokers 1 … n at these addresses. A killed one comes back by itself, on its data."""

    addresses: tuple[str, ...]
    kill: Callable[[int], None]

    @property
    def bootstrap(self) -> str:
        return ",".join(self.addresses)

    @property
    def size(self) -> int:
        return len(self.addresses)


# -- where the brokers come from


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    addresses = tuple(BROKERS.split(","))
    if containers_can_run():
        with containers(len(addresses)) as contained:
            yield contained
    else:
        pids = [int(pid) for pid in PIDS.split(",")]
        yield Cluster(addresses, kill=lambda node: os.kill(pids[node - 1], signal.SIGKILL))


def containers_can_run() -> bool:
    """Does a Docker engine answer, and has it the images, or can it pull them?"""
    wanted = {IMAGE} if testcontainers_config.ryuk_disabled else {IMAGE, testcontainers_config.ryuk_image}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client leaves a socket open if nobody answers
        try:
            engine = DockerClient(timeout=30).client
            for image in wanted - {tag for here in engine.images.list() for tag in here.tags}:
                engine.images.pull(image)
            engine.close()
        except (DockerException, OSError) as error:
            print(f"no containers, so the brokers of deploy/kafka/run: {error}")
            return False
        finally:
            gc.collect()
    return True


@contextmanager
def containers(size: int) -> Iterator[Cluster]:
    ports = free_ports(size)
    with ExitStack() as running:
        network = running.enter_context(Network(docker_network_kw={"options": LOOPBACK_ONLY}))
        brokers = [
            running.enter_context(
                DockerContainer(IMAGE, env=settings(node, size, port))
                .with_network(network)
                .with_network_aliases(f"broker-{node}")
                .with_bind_ports("9092/tcp", port)
            )
            for node, port in enumerate(ports, start=1)
        ]
        for broker in brokers:
            LogMessageWaitStrategy("Kafka Server started").wait_until_ready(broker)

        def kill(node: int) -> None:
            container = brokers[node - 1].get_wrapped_container()
            container.kill("SIGKILL")
            container.start()

        yield Cluster(tuple(f"127.0.0.1:{port}" for port in ports), kill)


def settings(node: int, size: int, port: int) -> dict[str, str]:
    """deploy/kafka/server.properties as the image wants them, with the addresses that containers need."""
    text = SETTINGS.read_text().format(
        node=node,
        voters=",".join(f"{each}@broker-{each}:9094" for each in range(1, size + 1)),
        replicas=size,
        in_sync=min(2, size),
        data="/tmp/kafka",  # noqa: S108 - in the container
        port=port,
        controller_port=9094,
    )
    pairs = (line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in pairs} | {
        "KAFKA_LISTENERS": "OUTSIDE://:9092,BROKER://:9093,CONTROLLER://:9094",
        "KAFKA_ADVERTISED_LISTENERS": f"OUTSIDE://127.0.0.1:{port},BROKER://broker-{node}:9093",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "OUTSIDE:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_HEAP_OPTS": "-Xms64m -Xmx256m",
        "CLUSTER_ID": "Z29uZ2thaS10ZXN0LTAwMQ",
    }


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


# -- what the tests say


@pytest.fixture
async def admin(cluster: Cluster) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
async def topic(cluster: Cluster, admin: AIOKafkaAdminClient) -> str:
    """One partition, a copy on every broker, kept for ever."""
    name = f"gongkai.test-{uuid4()}"
    forever = {"retention.ms": "-1", "retention.bytes": "-1"}
    answer = await admin.create_topics([NewTopic(name, 1, cluster.size, topic_configs=forever)])
    assert [error[1] for error in answer.topic_errors] == [0]
    await whole(cluster, name)
    return name


@pytest.fixture
async def producer(cluster: Cluster) -> AsyncIterator[AIOKafkaProducer]:
    """As the relay's, with small batches, so that there is always one under way."""
    client = AIOKafkaProducer(
        bootstrap_servers=cluster.bootstrap, acks="all", enable_idempotence=True, max_batch_size=2048
    )
    await client.start()
    yield client
    await client.stop()


async def partition(cluster: Cluster, topic: str) -> dict[str, Any] | None:
    """What a broker says of the topic's only partition; None while it is busy with other things."""
    client = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    try:
        await client.start()
        [described] = await client.describe_topics([topic])
    except KafkaError:
        return None
    finally:
        await client.close()
    return described["partitions"][0] if described["partitions"] else None


async def whole(cluster: Cluster, topic: str) -> None:
    """Wait until every broker has an up-to-date copy."""
    async with asyncio.timeout(PATIENCE):
        while (known := await partition(cluster, topic)) is None or len(known["isr"]) < cluster.size:
            await asyncio.sleep(0.2)  # brokers tell when asked, and only then


async def everything(cluster: Cluster, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    consumer = AIOKafkaConsumer(bootstrap_servers=cluster.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        records: list[ConsumerRecord[bytes, bytes]] = []
        async with asyncio.timeout(PATIENCE):
            while not records or records[-1].offset < end - 1:
                records.append(await consumer.getone())
        return records
    finally:
        await consumer.stop()


async def test_the_same_bytes_come_back_in_the_same_order(
    cluster: Cluster, topic: str, producer: AIOKafkaProducer
) -> None:
    sent = [(f"unit-{n % 7}".encode(), bytes([n % 256]) * n, f"test/0/{n}".encode()) for n in range(300)]
    sent.append((b"document-1", os.urandom(65_535), "公开".encode()))  # the largest record there can be
    for key, value, position in sent:
        await producer.send(topic, value, key=key, headers=[("position", position)])
    await producer.flush()

    records = await everything(cluster, topic)

    assert [(each.key, each.value, dict(each.headers)["position"]) for each in records] == sent
    assert [each.offset for each in records] == list(range(len(sent)))


async def test_a_topic_is_kept_for_ever_and_on_a_majority(
    cluster: Cluster, topic: str, admin: AIOKafkaAdminClient
) -> None:
    known = await partition(cluster, topic)
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    config = {name: value for name, value, *_ in answer.resources[0][4]}

    assert known is not None
    assert len(known["replicas"]) == cluster.size
    assert config["retention.ms"] == config["retention.bytes"] == "-1"
    assert config["min.insync.replicas"] == str(min(2, cluster.size))


async def test_a_topic_is_not_made_by_accident(cluster: Cluster) -> None:
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, request_timeout_ms=1500) as producer:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send_and_wait(f"gongkai.test-{uuid4()}", b"lost")


async def test_nothing_acknowledged_is_lost_when_the_leader_is_killed(
    cluster: Cluster, topic: str, producer: AIOKafkaProducer
) -> None:
    known = await partition(cluster, topic)
    assert known is not None
    values = [f"record {n} ".encode() * 20 for n in range(3000)]
    acknowledged: dict[int, bytes] = {}
    under_way = asyncio.Event()

    async def send_all() -> None:
        async with asyncio.TaskGroup() as waiting:
            for value in values:
                waiting.create_task(note(await producer.send(topic, value), value))

    async def note(answer: asyncio.Future[Any], value: bytes) -> None:
        acknowledged[(await answer).offset] = value
        if len(acknowledged) == 300:
            under_way.set()

    sending = asyncio.create_task(send_all())
    async with asyncio.timeout(PATIENCE):
        await under_way.wait()
        cluster.kill(known["leader"])
        left = len(values) - len(acknowledged)
        await sending
    await whole(cluster, topic)
    records = await everything(cluster, topic)

    assert left > 0
    assert {each.offset: each.value for each in records} == acknowledged
    assert [each.value for each in records] == values  # each once, and in order
