"""Who may touch a system's topics: given with the registration, taken with the retirement, refusals said once."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from aiokafka.errors import ClusterAuthorizationFailedError, KafkaError, SecurityDisabled
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import CapturingLogger

from gongkai.intake.ingress import access
from gongkai.intake.ingress.access import TopicAccess, acls_of
from gongkai.ledger.acls import AccessLists, Acl, Operation, Pattern, Resource
from gongkai.ledger.brokers import Brokers

SECURED = Brokers("127.0.0.1:9092", "SASL_SSL", user="gongkai-intake")
STRANGERS = {
    Acl("User:gongkai-intake", Resource.TOPIC, "gongkai.ingress.", Operation.READ, Pattern.PREFIXED),
    Acl("User:finance-oa", Resource.TOPIC, "others.ingress.finance-oa", Operation.WRITE),
    Acl("User:finance-oa", Resource.TOPIC, "finance-oa", Operation.WRITE),
    Acl("User:auditor", Resource.TOPIC, "gongkai.ingress.finance-oa", Operation.READ),
}
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,79}", fullmatch=True)


class Lists(AccessLists):
    """A broker's, in memory; it may refuse."""

    def __init__(self, held: Iterable[Acl] = (), refusal: type[KafkaError] | None = None) -> None:
        super().__init__(None)
        self.entries, self.refusal = set(held), refusal
        self.asked: list[Brokers] = []

    async def held(self) -> set[Acl]:
        if self.refusal is not None:
            raise self.refusal
        return set(self.entries)

    async def give(self, acls: Iterable[Acl]) -> None:
        self.entries.update(acls)

    async def take(self, acls: Iterable[Acl]) -> None:
        self.entries.difference_update(acls)

    @asynccontextmanager
    async def connect(self, brokers: Brokers) -> AsyncIterator[AccessLists]:
        self.asked.append(brokers)
        yield self


def rights(*systems: str) -> set[Acl]:
    return {acl for system in systems for acl in acls_of("gongkai", system)}


async def test_a_system_gets_its_rights_and_loses_them_and_nobody_else_does() -> None:
    lists = Lists(STRANGERS)
    mine = TopicAccess(SECURED, "gongkai", lists.connect)
    await mine.synchronise(["finance-oa", "finance"])
    assert lists.entries == STRANGERS | rights("finance-oa", "finance")
    await mine.synchronise(["finance"])
    assert lists.entries == STRANGERS | rights("finance")
    await mine.synchronise([])
    assert lists.entries == STRANGERS


async def test_what_was_retired_while_nobody_ran_is_taken_away_at_the_next_start() -> None:
    lists = Lists(STRANGERS | rights("finance-oa", "water-oa"))
    await TopicAccess(SECURED, "gongkai", lists.connect).synchronise(["water-oa"])
    assert lists.entries == STRANGERS | rights("water-oa")


async def test_the_broker_is_asked_only_when_something_changed_and_only_where_it_knows_people() -> None:
    lists = Lists()
    mine = TopicAccess(SECURED, "gongkai", lists.connect)
    for systems in (["a"], ["a"], ["a", "b"], ["b", "a"]):
        await mine.synchronise(systems)
    assert len(lists.asked) == 2
    await TopicAccess(Brokers("127.0.0.1:9092"), "gongkai", lists.connect).synchronise(["c"])
    assert len(lists.asked) == 2


@pytest.mark.parametrize(
    ("refusal", "advice"),
    [
        (SecurityDisabled, "authorizer.class.name"),
        (
            ClusterAuthorizationFailedError,
            "--allow-principal User:gongkai-intake --operation Alter --cluster",
        ),
    ],
)
async def test_a_refusal_is_said_once_with_what_to_do_and_tried_again_later(
    refusal: type[KafkaError], advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_log", said := CapturingLogger())
    monkeypatch.setattr(access, "RETRY_AFTER", 0.0)
    lists = Lists(refusal=refusal)
    mine = TopicAccess(SECURED, "gongkai", lists.connect)
    for _ in range(3):
        await mine.synchronise(["finance-oa"])
    [call] = said.calls
    assert call.method_name == "error"
    assert advice in call.kwargs["why"]
    lists.refusal = None
    await mine.synchronise(["finance-oa"])
    assert lists.entries == rights("finance-oa")


async def test_a_broker_that_refused_is_left_alone_for_a_while() -> None:
    lists = Lists(refusal=SecurityDisabled)
    mine = TopicAccess(SECURED, "gongkai", lists.connect)
    for _ in range(3):
        await mine.synchronise(["finance-oa"])
    assert len(lists.asked) == 1


@given(IDS, IDS)
def test_no_right_of_one_system_covers_what_is_anothers(one: str, other: str) -> None:
    if one == other:
        return
    for mine in acls_of("gongkai", one):
        for theirs in acls_of("gongkai", other):
            if mine.resource == theirs.resource:
                assert mine.name != theirs.name
                assert mine.pattern is Pattern.LITERAL or not theirs.name.startswith(mine.name)
