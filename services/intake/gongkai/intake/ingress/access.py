"""Who may touch a system's topics: that system alone, as the broker's own access lists say it.

A system is `User:<its id>` there. It writes into its topic, reads its results, and its consumer groups begin with its
topic's name and a dot: an id has none, so no system's groups can be taken for another's, or for a service's.
"""

import time
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog
from aiokafka.errors import ClusterAuthorizationFailedError, SecurityDisabled

from gongkai.ledger.acls import AccessLists, Acl, Operation, Pattern, Resource, access_lists
from gongkai.ledger.brokers import Brokers

AGAIN: Final = 30.0  # seconds until a broker that refused is asked again

Reach = Callable[[Brokers], AbstractAsyncContextManager[AccessLists]]

_log = structlog.get_logger(__name__)


def topic_of(prefix: str, system: str) -> str:
    """Where a system hands in. `prefix` is the deployment's."""
    return f"{prefix}.ingress.{system}"


def rights_of(prefix: str, system: str) -> frozenset[Acl]:
    """All that a registered system may do at the broker."""
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


class Access:
    """Keeps the broker's lists as the register says: given with a registration, taken with a retirement.

    What the broker holds is looked at once after a start, and again whenever the register's systems are others than
    then: a system that was retired while nobody ran loses its rights at the next start. What somebody else changes at
    the broker in between isn't noticed. Entries that aren't of this shape are somebody else's, and stay.
    """

    def __init__(self, brokers: Brokers, prefix: str, reach: Reach = access_lists) -> None:
        self._brokers, self._prefix, self._reach = brokers, prefix, reach
        self._settled: frozenset[str] | None = None
        self._again = 0.0  # monotonic
        self._refused: type[Exception] | None = None  # said already

    async def settle(self, systems: Collection[str]) -> None:
        """Nothing to do where the broker asks nobody who he is, or for systems that it was done for."""
        now = frozenset(systems)
        if not self._brokers.secured or now == self._settled or time.monotonic() < self._again:
            return
        try:
            given, taken = await self._carry_out(now)
        except (SecurityDisabled, ClusterAuthorizationFailedError) as refusal:
            self._again = time.monotonic() + AGAIN
            if self._refused is not type(refusal):
                self._refused = type(refusal)
                _log.error("access lists not set", why=_advice(refusal, self._brokers.principal))
            return
        self._settled, self._refused = now, None
        if given or taken:
            _log.info("access lists set", given=given, taken=taken)

    async def _carry_out(self, systems: frozenset[str]) -> tuple[int, int]:
        """How many entries were given and taken away."""
        wanted = {acl for system in systems for acl in rights_of(self._prefix, system)}
        async with self._reach(self._brokers) as lists:
            held = await lists.held()
            over = {acl for acl in held - wanted if acl in rights_of(self._prefix, _system(acl))}
            await lists.take(over)
            await lists.give(wanted - held)
        return len(wanted - held), len(over)


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
