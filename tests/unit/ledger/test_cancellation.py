"""A cancelled task ends, even if a Kafka client loses the cancellation."""

import asyncio

import pytest

from gongkai.ledger import cancellation


async def test_a_job_that_loses_its_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellation, "CANCEL_AGAIN_AFTER", 0.01)
    told = 0

    async def deaf_once() -> None:
        nonlocal told
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                told += 1
                if told > 1:
                    raise

    job = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    await cancellation.cancel_and_wait(job)
    assert job.cancelled()
    assert told == 2
