"""Whether a part answers: each question takes a moment at most and never raises."""

import asyncio
from contextlib import suppress

import httpx
import psycopg


async def postgres(dsn: str) -> bool:
    return await why_not(dsn) is None


async def why_not(dsn: str) -> str | None:
    """The reason why PostgreSQL does not let us in; None if it does."""
    try:
        async with await psycopg.AsyncConnection.connect(dsn, connect_timeout=2):
            return None
    except psycopg.OperationalError as error:
        return str(error)


async def port(host: str, number: int) -> bool:
    with suppress(OSError, TimeoutError):
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, number), 1)
        writer.close()
        return True
    return False


async def health(client: httpx.AsyncClient, url: str, service: str, pid: int | None = None) -> bool:
    """Ready to work, by the service's own word; a stranger on its port, or a process other than `pid`, isn't it."""
    with suppress(httpx.HTTPError, httpx.InvalidURL, ValueError):
        answer = await client.get(f"{url}/health")
        if answer.status_code == httpx.codes.OK and isinstance(said := answer.json(), dict):
            return said.get("service") == service and pid in (None, said.get("pid"))
    return False
