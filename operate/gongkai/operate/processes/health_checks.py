"""Health checks of PostgreSQL, a port, a service. Each takes two seconds at most and never raises."""

import asyncio
from contextlib import suppress

import httpx
import psycopg


async def postgres(dsn: str) -> bool:
    return await connection_error(dsn) is None


async def connection_error(dsn: str) -> str | None:
    """Why PostgreSQL can't be connected to; None if it can."""
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
    """Ready by the service's own response; another service on its port, or a process other than `pid`, isn't."""
    with suppress(httpx.HTTPError, httpx.InvalidURL, ValueError):
        response = await client.get(f"{url}/health")
        if response.status_code == httpx.codes.OK and isinstance(status := response.json(), dict):
            return status.get("service") == service and pid in (None, status.get("pid"))
    return False
