"""`gongkai resume`: a partition that an error stopped goes on, without waiting for the next retry."""

import asyncio

import asyncpg

from gongkai.contracts.errors import UserError
from gongkai.ledger import consumer_checkpoint
from gongkai.ledger.delivery import LogPartition

RETRIED_WITHIN = 20.0  # seconds; a service tries once a second


def parse_partition(text: str) -> LogPartition:
    """`intake/3`: log and number of the partition."""
    log, _, number = text.rpartition("/")
    if not log or not number.isdigit():
        raise UserError(f"分区应写作 日志/编号，例如 intake/3 / a partition is written LOG/NUMBER: {text}")
    return log, int(number)


async def resume_partition(
    dsn: str, subscription: str, key: LogPartition, seconds: float = RETRIED_WITHIN
) -> tuple[str, str]:
    """The outcome in both languages, once the service has retried. Raises UserError if it stopped again, or didn't retry."""
    name = f"{key[0]}/{key[1]}"
    conn = await asyncpg.connect(dsn)
    try:
        before = await consumer_checkpoint.resume(conn, subscription, key)
        if before is None:
            raise UserError(f"{subscription} 未订阅 {name} / {subscription} follows no {name}")
        if before.stopped is None:
            return (
                f"{name} 未停下，在位置 {before.position}",
                f"{name} wasn't stopped; it is at {before.position}",
            )
        async with asyncio.timeout(seconds):
            while True:
                now = (await consumer_checkpoint.load(conn, subscription))[key]
                if now.stopped is not None:
                    raise UserError(f"{name} 又停下 / stopped again: {now.stopped}")
                if now.position > before.position:
                    return f"{name} 已继续，在位置 {now.position}", f"{name} goes on; it is at {now.position}"
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise UserError(
            f"已解除，但 {subscription} 在 {seconds:g} 秒内未重试，可能未在运行 / the stop is lifted, but {subscription} "
            f"hasn't tried again within {seconds:g} s; it may not be running"
        ) from None
    finally:
        await conn.close()
