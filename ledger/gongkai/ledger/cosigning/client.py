"""Requests a witness's cosignature of each new checkpoint (C2SP tlog-witness, the log's side).

Runs next to the integrator and asynchronously: checkpoints are signed and served whether or not the witness answers.
"""

import asyncio
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx
import structlog

from gongkai.ledger import tlog_queries
from gongkai.ledger.merkle import consistency_path
from gongkai.ledger.note import BadNote, Verifier, parse, parse_signatures, verified
from gongkai.ledger.read import LogId, Pool
from gongkai.ledger.tlog_queries import Statements

TIMEOUT: Final = 2.0  # seconds for a response
RETRY_AFTER: Final = 1.0  # seconds until a witness that could not be reached is asked again
MAX_TRIES: Final = 3  # requests for one checkpoint, each with the size that the witness answered last

_log = structlog.get_logger(__name__)


class CosigningRefused(Exception):
    """The witness refuses to cosign this checkpoint; repeating the request won't change that."""


@dataclass(frozen=True, slots=True)
class WitnessEndpoint:
    """A witness's URL, and the key that its cosignatures are verified with."""

    url: str
    key: Verifier


@dataclass(slots=True)
class WitnessClient:
    """Runs in the process of the integrator that leads. `failure` says why there is no cosignature; None = all is well."""

    pool: Pool
    log: LogId
    witness: WitnessEndpoint
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    failure: str | None = "not asked yet"
    _last: int = 0  # size that the witness cosigned last, as far as we know

    async def run(self) -> None:
        """Until cancelled."""
        self.woken.set()
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            while True:
                await self.woken.wait()
                self.woken.clear()
                try:
                    await self.ask(http)
                    await self._report(None)
                except asyncio.CancelledError:
                    raise
                except CosigningRefused as error:  # wait for the next checkpoint
                    await self._report(str(error))
                except Exception as error:
                    await self._report(repr(error))
                    await asyncio.sleep(RETRY_AFTER)
                    self.woken.set()

    async def _report(self, failure: str | None) -> None:
        """Store for operators why nothing is cosigned; None = all is well."""
        if failure == self.failure:
            return
        if failure is not None:
            _log.error("no cosignature", log=self.log.name, witness=self.witness.key.name, reason=failure)
        with suppress(Exception):  # the database itself may be unreachable
            await self.pool.execute(
                f"INSERT INTO {self.log.schema}.log_integrator (log, unwitnessed) VALUES ($1, $2)"
                " ON CONFLICT (log) DO UPDATE SET unwitnessed = excluded.unwitnessed",
                self.log.name,
                failure,
            )
        self.failure = failure

    async def ask(self, http: httpx.AsyncClient) -> None:
        """Request a cosignature of the newest checkpoint. Raises CosigningRefused, or httpx's errors."""
        row = await self.pool.fetchrow(Statements(self.log.schema).newest_checkpoint, self.log.name)
        if row is None:
            return
        size, note = row["size"], row["note"]
        if await self._is_cosigned(size):
            return
        for _ in range(MAX_TRIES):
            old = min(self._last, size)
            response = await http.post(
                f"{self.witness.url}/add-checkpoint", content=await self._body(old, size, note)
            )
            if response.status_code == httpx.codes.CONFLICT:
                self._last = int(response.text)
                if self._last > size:
                    raise CosigningRefused(
                        f"it has seen {self._last} entries, the log has {size}: entries were lost"
                    )
                continue
            if response.status_code != httpx.codes.OK:
                raise CosigningRefused(f"HTTP {response.status_code}: {response.text.strip()}")
            await self._store(size, note, response.text)
            self._last = size
            return
        raise CosigningRefused("it never agreed on how much it had seen")

    async def _is_cosigned(self, size: int) -> bool:
        """Whether this witness has cosigned that size before, by its present key."""
        lines = await self.pool.fetch(
            f"SELECT line FROM {self.log.schema}.log_cosignature WHERE log = $1 AND size = $2 AND name = $3",
            self.log.name,
            size,
            self.witness.key.name,
        )
        found = parse_signatures("".join(row["line"] for row in lines))
        return any(signature.key_id == self.witness.key.key_id for signature in found)

    async def _body(self, old: int, size: int, note: str) -> str:
        proof = await tlog_queries.proof(self.pool, self.log, consistency_path(old, size), size)
        return f"old {old}\n" + "".join(f"{b64encode(each).decode()}\n" for each in proof) + f"\n{note}"

    async def _store(self, size: int, note: str, response: str) -> None:
        own = parse(note)
        ours = verified(own.plus(parse_signatures(response)), [self.witness.key])
        if not ours:
            raise BadNote(f"the answer isn't signed by {self.witness.key}")
        await self.pool.execute(
            f"INSERT INTO {self.log.schema}.log_cosignature (log, size, name, line) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT DO NOTHING",
            self.log.name,
            size,
            self.witness.key.name,
            ours[0][1].line,
        )
