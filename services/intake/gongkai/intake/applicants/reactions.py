"""个人信息删除: destroys the keys of erased applicants (《个人信息保护法》第四十七条).

The event comes first and is what counts. The key is destroyed because of it: by the command itself, by whoever follows
the log, and again at every start, so that an older backup of the keys brings no erased person back.
"""

from collections.abc import Sequence

from gongkai.contracts.events import ApplicantErased, decode_if
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.seal import Keys
from gongkai.runtime.service import Dependencies


class DestroyKeys:
    """Destroys the keys of those whom the log says are erased. Doing it again does nothing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if (event := decode_if(what.record, ApplicantErased)) is not None:
                await self._keys.erase(event.person)

    async def destroy_all(self, deps: Dependencies) -> None:
        """At the start: once more, of all who were ever erased."""
        for row in await deps.pool.fetch("SELECT person FROM erased"):
            await self._keys.erase(row["person"])
