"""Kafka access lists for the systems' topics: only the system itself may use them.

A system is the principal `User:<its id>`. It writes to its topic and reads its results; its consumer groups begin with its
topic's name and a dot. Ids have no dot, so no group can belong to two systems, or to a system and a service.
"""

import time
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog
from aiokafka.errors import ClusterAuthorizationFailedError, SecurityDisabled

from gongkai.ledger.acls import AccessLists, Acl, Operation, Pattern, Resource, access_lists
from gongkai.ledger.brokers import Brokers

RETRY_AFTER: Final = 30.0  # seconds until a broker that refused is asked again

Connect = Callable[[Brokers], AbstractAsyncContextManager[AccessLists]]

_log = structlog.get_logger(__name__)


def topic_of(prefix: str, system: str) -> str:
    """Where a system hands in. `prefix` is the deployment's."""
    return f"{prefix}.ingress.{system}"


def acls_of(prefix: str, system: str) -> frozenset[Acl]:
    """All access that a registered system has at the broker."""
    who, topic = f"User:{system}", topic_of(prefix, system)
    results = f"{topic}.results"
    return frozenset(
        {
            Acl(who, Resource.TOPIC, topic, Operation.WRITE),
            Acl(who, Resource.TOPIC, topic, Operation.DESCRIBE),
            Acl(who, Resource.TOPIC, results, Operation.READ),
            Acl(who, Resource.TOPIC, results, Operation.DESCRIBE),
            Acl(who, Resource.GROUP, f"{topic}.", Operation.READ, Pattern.PREFIXED),
        }
    )


class TopicAccess:
    """Keeps the broker's access lists equal to the register of systems: added with a registration, removed with a retirement.

    The broker is asked once after a start, and again whenever the set of registered systems has changed: a system that was
    retired while the service was down loses its access at the next start. Changes that others make at the broker meanwhile
    aren't noticed. Entries of another shape belong to others, and stay.
    """

    def __init__(self, brokers: Brokers, prefix: str, connect: Connect = access_lists) -> None:
        self._brokers, self._prefix, self._connect = brokers, prefix, connect
        self._applied: frozenset[str] | None = None
        self._retry_at = 0.0  # monotonic
        self._refused: type[Exception] | None = None  # logged already

    async def synchronise(self, systems: Collection[str]) -> None:
        """Does nothing where the broker doesn't authenticate clients, or when the systems are the same as last time."""
        now = frozenset(systems)
        if not self._brokers.secured or now == self._applied or time.monotonic() < self._retry_at:
            return
        try:
            added, removed = await self._apply(now)
        except (SecurityDisabled, ClusterAuthorizationFailedError) as refusal:
            self._retry_at = time.monotonic() + RETRY_AFTER
            if self._refused is not type(refusal):
                self._refused = type(refusal)
                _log.error("access lists not set", why=_advice(refusal, self._brokers.principal))
            return
        self._applied, self._refused = now, None
        if added or removed:
            _log.info("access lists set", given=added, taken=removed)

    async def _apply(self, systems: frozenset[str]) -> tuple[int, int]:
        """How many entries were added and removed."""
        wanted = {acl for system in systems for acl in acls_of(self._prefix, system)}
        async with self._connect(self._brokers) as lists:
            held = await lists.held()
            surplus = {acl for acl in held - wanted if acl in acls_of(self._prefix, _system(acl))}
            await lists.take(surplus)
            await lists.give(wanted - held)
        return len(wanted - held), len(surplus)


def _system(acl: Acl) -> str:
    return acl.principal.removeprefix("User:")


def _advice(refusal: Exception, principal: str) -> str:
    if isinstance(refusal, SecurityDisabled):
        return (
            "Kafka 未启用访问控制，任何登录者都能写入各系统的主题：请在 Kafka 设置 authorizer.class.name / "
            "Kafka keeps no access lists, so whoever signs in there may write into every system's topic: "
            "set authorizer.class.name on its brokers and controllers"
        )
    return (
        f"{principal} 在 Kafka 缺少对集群的 Alter 权限，不能设置各系统的访问控制：请以管理员授予 / "
        f"{principal} lacks the right Alter on the cluster, and can't set the systems' access lists; as an administrator: "
        f"kafka-acls.sh --add --allow-principal {principal} --operation Alter --cluster"
    )
