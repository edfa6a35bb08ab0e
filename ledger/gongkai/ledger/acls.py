"""Kafka's access control lists: list, create and delete entries. Which entries are wanted is the caller's decision.

aiokafka has the protocol's requests but no method for them in its admin client, so they are sent with its plain client;
many entries per request, since the brokers' controller writes each request to disk before it responds.
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

MAX_ENTRIES: Final = 500  # in a request; a few more where one principal's entries would be split
_ANY: Final = 1  # any type, pattern, operation or permission, in a query
_ALLOW: Final = 3
_ANY_HOST: Final = "*"  # hosts


class Resource(IntEnum):
    """Kafka's numbers for resource types; others exist."""

    TOPIC = 2
    GROUP = 3
    CLUSTER = 4


class Pattern(IntEnum):
    """Whether an entry means the resource of that name, or all whose names begin with it."""

    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """Kafka's numbers for operations; others exist."""

    READ = 3
    WRITE = 4
    ALTER = 7
    DESCRIBE = 8


@dataclass(frozen=True, slots=True)
class Acl:
    """An entry that allows `principal` (`User:…`) an operation, from any host."""

    principal: str
    resource: int
    name: str
    operation: int
    pattern: int = Pattern.LITERAL

    def request_fields(self) -> tuple[int, str, int, str, str, int, int]:
        """Its fields in a request to create it, or to delete exactly it."""
        of = (self.resource, self.name, self.pattern)
        return *of, self.principal, _ANY_HOST, self.operation, _ALLOW


class _Creations(Request[CreateAclsRequest_v1]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, struct: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return struct([acl.request_fields() for acl in self._acls])


class _Deletions(Request[DeleteAclsRequest_v1]):  # type: ignore[misc]  # likewise
    API_KEY = DeleteAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, struct: type[DeleteAclsRequest_v1]) -> DeleteAclsRequest_v1:
        return struct([acl.request_fields() for acl in self._acls])


class AccessLists:
    """The cluster's access control lists, through any of its brokers. Methods raise the broker's KafkaError:
    SecurityDisabled where access control is off, ClusterAuthorizationFailedError without Alter on the cluster.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def held(self) -> set[Acl]:
        """All entries that allow something from any host."""
        response = await self._send(DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY))
        _check(response.error_code, response.error_message)
        return {
            Acl(principal, resource, name, operation, pattern)
            for resource, name, pattern, acls in response.resources
            for principal, host, operation, permission in acls
            if (host, permission) == (_ANY_HOST, _ALLOW)
        }

    async def give(self, acls: Iterable[Acl]) -> None:
        for some in _batches(acls):
            response = await self._send(_Creations(some))
            for code, message in response.creation_responses:
                _check(code, message)

    async def take(self, acls: Iterable[Acl]) -> None:
        for some in _batches(acls):
            response = await self._send(_Deletions(some))
            for code, message, matching in response.filter_responses:
                _check(code, message)
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


def _batches(acls: Iterable[Acl]) -> Iterator[Sequence[Acl]]:
    """Batches in which the entries of one principal stay together, so that it has all its rights at once or none."""
    waiting = sorted(acls, key=lambda acl: acl.principal)
    while waiting:
        end = min(MAX_ENTRIES, len(waiting))
        while end < len(waiting) and waiting[end].principal == waiting[end - 1].principal:
            end += 1
        yield waiting[:end]
        waiting = waiting[end:]


def _check(code: int, message: str | None) -> None:
    if code != NoError.errno:
        raise for_code(code)(message or "")
