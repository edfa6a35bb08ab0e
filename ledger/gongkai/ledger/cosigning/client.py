"""Asking a witness for its cosignature (C2SP tlog-witness, the log's side). The log doesn't wait for it."""

import asyncio
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import structlog

from gongkai.ledger import tlog_queries
from gongkai.ledger.merkle import consistency_path
from gongkai.ledger.note import BadNote, Verifier, parse, parse_signatures, verified
from gongkai.ledger.read import LogId
from gongkai.ledger.tlog_queries import Statements

PATIENCE: Final = 2.0  # seconds for an answer
AGAIN: Final = 1.0  # seconds until a witness that was away is asked again
TRIES: Final = 3

_log = structlog.get_logger(__name__)


class Refused(Exception):
    """The witness won't cosign, and asking again won't change that."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Where it listens, and the key that its answers must be signed with."""

    url: str
    key: Verifier


@dataclass(slots=True)
class Cosigner:
    """Beside the integrator, in the leader's process. `trouble` says in words why there is no cosignature."""

    pool: Any
    log: LogId
    witness: Witness
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: str | None = "not asked yet"
    _last: int = 0  # size that the witness last cosigned, as far as we know

    async def run(self) -> None:
        """Until cancelled."""
        self.woken.set()
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
            while True:
                await self.woken.wait()
                self.woken.clear()
                try:
                    await self.ask(http)
                    await self._say(None)
                except asyncio.CancelledError:
                    raise
                except Refused as error:  # the next checkpoint is another question
                    await self._say(str(error))
                except Exception as error:
                    await self._say(repr(error))
                    await asyncio.sleep(AGAIN)
                    self.woken.set()

    async def _say(self, trouble: str | None) -> None:
        """For those who look after it: why nothing is cosigned; None = all is well."""
        if trouble == self.trouble:
            return
        if trouble is not None:
            _log.error("no cosignature", log=self.log.name, witness=self.witness.key.name, reason=trouble)
        with suppress(Exception):  # the database may be what is away
            await self.pool.execute(
                f"INSERT INTO {self.log.schema}.log_integrator (log, unwitnessed) VALUES ($1, $2)"
                " ON CONFLICT (log) DO UPDATE SET unwitnessed = excluded.unwitnessed",
                self.log.name,
                trouble,
            )
        self.trouble = trouble

    async def ask(self, http: httpx.AsyncClient) -> None:
        """For the newest checkpoint. Raises Refused, or what the network raises."""
        row = await self.pool.fetchrow(Statements(self.log.schema).newest, self.log.name)
        if row is None:
            return
        size, note = row["size"], row["note"]
        if await self._has(size):
            return
        for _ in range(TRIES):
            old = min(self._last, size)
            answer = await http.post(
                f"{self.witness.url}/add-checkpoint", content=await self._body(old, size, note)
            )
            if answer.status_code == httpx.codes.CONFLICT:
                self._last = int(answer.text)
                if self._last > size:
                    raise Refused(f"it has seen {self._last} entries, the log has {size}: entries were lost")
                continue
            if answer.status_code != httpx.codes.OK:
                raise Refused(f"HTTP {answer.status_code}: {answer.text.strip()}")
            await self._keep(size, note, answer.text)
            self._last = size
            return
        raise Refused("it never agreed on how much it had seen")

    async def _has(self, size: int) -> bool:
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

    async def _keep(self, size: int, note: str, answer: str) -> None:
        own = parse(note)
        ours = verified(own.plus(parse_signatures(answer)), [self.witness.key])
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
