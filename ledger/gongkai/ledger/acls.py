"""Kafka's access lists: which entries there are, given and taken away. Who is to have which, others know.

aiokafka knows how such requests are written, and its admin client has no method for them: so they are sent by its
plain client, many entries at a time, since the brokers' controller writes each request to disk before it answers.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest
from aiokafka.protocol.api import Request

from gongkai.ledger.brokers import Brokers
from gongkai.ledger.kafka import start_client

AT_ONCE: Final = 500  # entries in a request, and a few more
_ANY: Final = 1  # of a type, pattern, operation or permission, in a question
_ALLOW: Final = 3
_EVERYWHERE: Final = "*"  # hosts


class Resource(IntEnum):
    """Kafka's numbers for what is guarded."""

    TOPIC = 2
    GROUP = 3
    CLUSTER = 4


class Pattern(IntEnum):
    """Does an entry mean the one of that name, or all whose names begin so?"""

    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """Kafka's numbers for what may be done; others exist."""

    READ = 3
    WRITE = 4
    ALTER = 7
    DESCRIBE = 8


@dataclass(frozen=True, slots=True)
class Acl:
    """`principal` (`User:…`) may do this, from wherever it comes."""

    principal: str
    resource: int
    name: str
    operation: int
    pattern: int = Pattern.LITERAL

    def asked(self) -> tuple[int, str, int, str, str, int, int]:
        """In a request to make it, or to remove exactly it."""
        of = (self.resource, self.name, self.pattern)
        return *of, self.principal, _EVERYWHERE, self.operation, _ALLOW


class _Creations(Request[CreateAclsRequest_v1]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, struct: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return struct([acl.asked() for acl in self._acls])


class _Deletions(Request[DeleteAclsRequest_v1]):  # type: ignore[misc]  # likewise
    API_KEY = DeleteAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, struct: type[DeleteAclsRequest_v1]) -> DeleteAclsRequest_v1:
        return struct([acl.asked() for acl in self._acls])


class AccessLists:
    """At one broker, which speaks for all. Every method raises the KafkaError that it is refused with:
    SecurityDisabled where nobody keeps such lists, ClusterAuthorizationFailedError for who lacks Alter on the cluster.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def held(self) -> set[Acl]:
        """All that allow something from everywhere."""
        answer = await self._send(DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY))
        _check(answer.error_code, answer.error_message)
        return {
            Acl(principal, resource, name, operation, pattern)
            for resource, name, pattern, acls in answer.resources
            for principal, host, operation, permission in acls
            if (host, permission) == (_EVERYWHERE, _ALLOW)
        }

    async def give(self, acls: Iterable[Acl]) -> None:
        for some in _lots(acls):
            answer = await self._send(_Creations(some))
            for code, says in answer.creation_responses:
                _check(code, says)

    async def take(self, acls: Iterable[Acl]) -> None:
        for some in _lots(acls):
            answer = await self._send(_Deletions(some))
            for code, says, matching in answer.filter_responses:
                _check(code, says)
                for error, why, *_ in matching:
                    _check(error, why)

    async def _send(self, request: Any) -> Any:
        return await self._client.send(self._client.get_random_node(), request)


@asynccontextmanager
async def access_lists(brokers: Brokers) -> AsyncIterator[AccessLists]:
    client = AIOKafkaClient(**brokers.client())
    try:
        await start_client(client.bootstrap())
        yield AccessLists(client)
    finally:
        await client.close()


def _lots(acls: Iterable[Acl]) -> Iterator[Sequence[Acl]]:
    """Those of one principal stay together: what one may do is there as a whole, or not yet."""
    waiting = sorted(acls, key=lambda acl: acl.principal)
    while waiting:
        end = min(AT_ONCE, len(waiting))
        while end < len(waiting) and waiting[end].principal == waiting[end - 1].principal:
            end += 1
        yield waiting[:end]
        waiting = waiting[end:]


def _check(code: int, says: str | None) -> None:
    if code != NoError.errno:
        raise for_code(code)(says or "")
