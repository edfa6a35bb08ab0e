"""Releases raced at random against everything that may come between their steps; then the logs are read by the oracle.

`GONGKAI_RACES` documents (`make long`: 20,000), `GONGKAI_SEED`.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.paper import ASKED, Paper, district_of
from tests.integration.release.test_interleavings import ACTS, logs_of
from tests.oracle.releases import violations

RACES: Final = int(os.environ.get("GONGKAI_RACES", "60"))
SEED: Final = int(os.environ.get("GONGKAI_SEED", "2025"))
AT_ONCE: Final = 12  # documents
LONGEST: Final = 0.5  # seconds until an act begins: about as long as a release takes


@pytest.mark.timeout(4200)
@pytest.mark.clause("WY-B.3", "WY-B.4", "SC-3.3", "LS-10b")
async def test_raced_releases_let_nothing_out_without_a_permit(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    chance, outcomes = random.Random(SEED), Counter[str]()
    async with district_of(fresh_database, broker, tmp_path) as district:
        digest = await Paper.new(district).text("全文")
        waiting = iter(range(RACES))

        async def worker() -> None:
            for _ in waiting:
                paper = Paper.new(district)
                acts = chance.sample(sorted(ACTS), chance.randint(0, 3))
                delays = [chance.uniform(0, LONGEST) for _ in acts]
                await _race(paper, digest, acts, delays, outcomes)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(worker())
        await district.settled()
        logs = await logs_of(district)
    assert violations(logs) == []
    published = sum(one.name == "DocumentPublished" for one in logs["publishing"])
    print(f"{RACES} releases, seed {SEED}: {published} published; {dict(sorted(outcomes.items()))}")
    assert 0 < published < RACES
    assert outcomes["publish 201"] <= published  # one that answered 202 is there, too


async def _race(
    paper: Paper, digest: str, acts: list[str], delays: list[float], outcomes: Counter[str]
) -> None:
    await paper.draft(digest, consult=ASKED)
    await _once_asked(lambda: paper.review(digest))
    await _once_asked(lambda: paper.answer_consultation(digest))

    async def interfere(act: str, delay: float) -> httpx.Response:
        await asyncio.sleep(delay)
        return await ACTS[act](paper, digest)

    released, *answers = await asyncio.gather(paper.publish(digest), *map(interfere, acts, delays))
    for name, answer in (("publish", released), *zip(acts, answers, strict=True)):
        assert answer.status_code in (201, 202, 409), answer.text
        outcomes[f"{name} {answer.status_code}"] += 1


async def _once_asked(command: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Again until review has reacted to the draft."""
    for _ in range(1000):
        answer = await command()
        if answer.status_code != 404:
            assert answer.status_code == 201, answer.text
            return
        await asyncio.sleep(0.03)
    raise AssertionError("review never reacted")
