"""kill -9 at random moments under load, of every process, the broker and PostgreSQL; and of a backend in mid-commit."""

import asyncio
import os
import random
import secrets
import signal

import psycopg
import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.faults.conftest import REAL, Revived, Server
from tests.faults.small_deployment import SmallDeployment

ROUNDS = int(os.environ.get("GONGKAI_KILL_ROUNDS", "2"))  # kills of each


async def test_kills_at_random_moments_change_nothing(
    life: SmallDeployment, shaky_postgres: tuple[Server, Cluster], shaky_broker: tuple[Server, str]
) -> None:
    seed = int(os.environ.get("GONGKAI_KILL_SEED", secrets.randbelow(1_000_000)))
    print(f"GONGKAI_KILL_SEED={seed}")
    chance = random.Random(seed)
    servers = {"postgres": shaky_postgres[0], "broker": shaky_broker[0]}
    victims = ["intake", "review", *servers] * ROUNDS
    chance.shuffle(victims)
    life.start("intake")
    life.start("review")
    for victim in victims:
        await life.working()
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        life.busy()
        print(f"{victim} after {len(life.settings.answered())} commands")
        if victim in servers:
            servers[victim].kill()
            await asyncio.to_thread(servers[victim].start)
        else:
            life.kill(victim)
            life.start(victim)
    await life.working()
    await life.over()


@pytest.mark.short
async def test_a_backend_killed_in_mid_transaction_changes_nothing(
    life: SmallDeployment, shaky_postgres: tuple[Server, Cluster]
) -> None:
    """PostgreSQL then ends every session and recovers from its own journal."""
    life.start("intake")
    life.start("review")
    await life.working()
    with psycopg.connect(life.cluster.admin(life.cluster.database), autocommit=True) as conn:
        at_work = "SELECT pid FROM pg_stat_activity WHERE usename = 'intake_writer' AND state = 'active'"
        while not (found := conn.execute(at_work).fetchall()):
            await asyncio.sleep(0)
        os.kill(found[0][0], signal.SIGKILL)
    life.busy()
    await life.working()
    await life.over()


@pytest.mark.skipif(REAL.count(",") < 2, reason="needs three Kafka brokers: `make kafka`")
async def test_one_of_three_brokers_is_killed(life: SmallDeployment) -> None:
    life.start("intake")
    life.start("review")
    for address in REAL.split(",")[:2]:
        broker = Revived(address)
        await life.working(200)
        broker.kill()
        await life.working(200)
        await asyncio.to_thread(broker.start)
    await life.over()
