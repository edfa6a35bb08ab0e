"""Whatever is handed in: an answer below 500, no event of what was refused, and bounded memory."""

import os
from typing import Any

import psutil
import pytest

from tests.integration.ingress.agency import Agency
from tests.integration.ingress.mutated_events import MutatedEvents

EVENTS = 1_000


@pytest.mark.timeout(900)
async def test_a_thousand_mutated_events(agency: Agency) -> None:
    await survived(agency, EVENTS, seed=7)


async def survived(agency: Agency, count: int, seed: int) -> None:
    """All of them answered, and in the log exactly what was accepted."""
    before, memory = await agency.size(), psutil.Process(os.getpid()).memory_info().rss
    accepted: set[tuple[str, str]] = set()
    places: set[str] = set()
    states = {"accepted": 0, "duplicate": 0, "refused": 0}
    for body, media, headers in MutatedEvents(seed).bodies(count):
        answer = await agency.post(body, media, **headers)
        assert answer.status_code < 500, (answer.status_code, answer.text[:500], body[:500])
        for each in told(answer.json()):
            states[each["state"]] += 1
            if each["state"] == "accepted":
                accepted.add((each["source"], each["id"]))
                places.add(each["place"])
    assert all(states.values()), states
    assert await agency.size() == before + len(places)
    pool = agency.services.deps["intake"].pool
    rows = await pool.fetch("SELECT source, id FROM handed WHERE state = 'accepted'")
    assert {(row["source"], row["id"]) for row in rows} == accepted
    grown = psutil.Process(os.getpid()).memory_info().rss - memory
    assert grown < 150 * 1024 * 1024, f"{grown >> 20} MiB more"


def told(body: Any) -> list[dict[str, Any]]:
    """The results in an answer; a body that was refused as a whole counts as one."""
    if isinstance(body, list):
        return body
    return [body if "state" in body else body | {"state": "refused"}]
