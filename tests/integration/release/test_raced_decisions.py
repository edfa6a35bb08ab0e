"""The decisions of a release, raced at random against those of acts that may come between, on a real ledger; then the logs are
read by the oracle.

The reactions and aggregates are the services' own, each in a transaction as a subscription has it; what carries records from
one to the next is this test, so that thousands of releases meet thousands of acts within milliseconds. `GONGKAI_RACES`
releases (`make long`: 20,000), `GONGKAI_SEED`.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final
from uuid import uuid4

import pytest

from gongkai.contracts.errors import Refused
from gongkai.contracts.events import Event, EventRef
from gongkai.contracts.streams import (
    consultation_id,
    consultation_stream,
    document_stream,
    publication_stream,
    release_stream,
    review_stream,
)
from gongkai.contracts.vocabulary import Attribute, ConsultationKind
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents.reactions import Handovers
from gongkai.intake.documents.releases import ended_release
from gongkai.intake.documents.stream import DOCUMENT
from gongkai.ledger import read
from gongkai.ledger.decider import Intent, carry_out_all
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.relay import Relay
from gongkai.ledger.streams import Aggregate
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster
from gongkai.publishing.release import aggregate as publication
from gongkai.publishing.release.progress import newest_draft
from gongkai.publishing.release.reactions import Releases
from gongkai.publishing.release.stream import PUBLICATION
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.consultation.stream import CONSULTATION
from gongkai.review.release import aggregate as release
from gongkai.review.release.reactions import ReleaseRequests
from gongkai.review.secrecy import aggregate as secrecy
from gongkai.review.secrecy.stream import REVIEW
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import DecidingDependencies
from gongkai.runtime.topology import log_for
from tests.integration.paper import district_of
from tests.integration.release.test_interleavings import logs_of
from tests.integration.running_services import Services
from tests.oracle.releases import violations
from tests.unit.examples import (
    D1,
    a_consultation_answered,
    a_consultation_requested,
    a_document_drafted,
    a_need,
    a_review_requested,
    a_secrecy_reviewed,
)

RACES: Final = int(os.environ.get("GONGKAI_RACES", "300"))
SEED: Final = int(os.environ.get("GONGKAI_SEED", "2025"))
AT_ONCE: Final = 16  # releases
PERMIT: Final = timedelta(seconds=1)  # short, so that some expire
LATE: Final = 0.02  # of all reactions come after that
NEED: Final = a_need("water", ConsultationKind.AFFECTS)


@pytest.fixture
async def quiet(
    fresh_database: Cluster, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Services]:
    """Services that follow nobody."""

    async def nothing(*_: object, **__: object) -> None: ...

    monkeypatch.setattr(release, "PERMIT", PERMIT)
    async with district_of(fresh_database, broker, tmp_path, real_time=True) as district:
        await district.settled()
        for name in ("deliver", "catch_up"):
            monkeypatch.setattr(Subscription, name, nothing)
        monkeypatch.setattr(Relay, "_send_all", nothing, raising=False)
        yield district


@dataclass
class Race:
    """Releases and acts, and what came of them."""

    services: Services
    chance: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    took: float = 0.1  # seconds that a release takes, averaged: acts begin within that time

    def deps(self, service: str) -> DecidingDependencies:
        found = self.services.deps[service]
        assert isinstance(found, DecidingDependencies)
        return found

    async def prepare(self, documents: Sequence[str]) -> None:
        """Drafted, reviewed, and agreed to: nothing keeps them from going out."""
        drafts = await self._append(
            "intake", [(document_stream(each), DOCUMENT, [_draft(each)]) for each in documents]
        )
        reviewed: list[tuple[str, Aggregate[Any], list[Event]]] = []
        for each, ref in zip(documents, drafts, strict=True):
            letter = _letter(each)
            about: dict[str, Any] = {"document": each, "unit": "finance", "draft": ref}
            asked: dict[str, Any] = {"document": each, "unit": "finance", "asked": "water"} | {
                "consultation": letter
            }
            reviewed += [
                (review_stream(each), REVIEW, [a_review_requested(**about), a_secrecy_reviewed(**about)]),
                (
                    consultation_stream(letter),
                    CONSULTATION,
                    [a_consultation_requested(**asked, draft=ref), a_consultation_answered(**asked)],
                ),
            ]
        await self._append("review", reviewed)

    async def _append(
        self, service: str, streams: Sequence[tuple[str, Aggregate[Any], list[Event]]]
    ) -> list[EventRef]:
        """The first event of each stream."""
        deps = self.deps(service)
        intents = [
            Intent(uuid4(), stream, aggregate, _saying(events)) for stream, aggregate, events in streams
        ]
        async with deps.pool.acquire() as conn, conn.transaction():
            await carry_out_all(conn, deps.log, deps.settings.partitions, _now(), intents)
        found = await read.streams(deps.pool, deps.log, [stream for stream, *_ in streams])
        return [EventRef.of(service, found[stream][0].record) for stream, *_ in streams]

    # -- the release, step by step

    async def release(self, document: str) -> None:
        deps = self.deps("publishing")
        draft = await newest_draft(deps, document)
        rules = await rules_for(deps.replica, "finance", _now())
        name, began = uuid4().hex, monotonic()
        cmd = publication.RequestRelease(name, draft, D1, "finance-officer")
        stream = publication_stream(document)

        def request(state: publication.State) -> Sequence[Event]:
            return publication.request(state, cmd, rules, _now())

        try:
            await deps.carry_out(Intent(uuid4(), stream, PUBLICATION, request), _now())
        except Refused as refused:
            self.outcomes[f"publish {refused.code}"] += 1
            return
        await self._react("review", ReleaseRequests, "publishing", stream)
        decision = await self._react_to_last("review", release_stream(name))
        if decision == "ReleasePermitted":
            await self._react("intake", Handovers, "review", release_stream(name))
            await self._react("publishing", Releases, "intake", document_stream(document), name)
        else:
            await self._react("publishing", Releases, "review", release_stream(name))
        end = await self._react_to_last("publishing", stream)
        self.outcomes[f"publish {end}"] += 1
        self.took += (min(monotonic() - began, PERMIT.total_seconds()) - self.took) / 16

    async def _react(
        self, service: str, reaction: Any, log: str, stream: str, of_release: str | None = None
    ) -> None:
        """The service's reaction to that stream's newest event, twice now and then: Kafka may deliver twice."""
        late = self.chance.random() < LATE
        await asyncio.sleep(PERMIT.total_seconds() if late else self.chance.uniform(0, 0.01))
        deps, source = self.deps(service), log_for(log)
        entries = await read.stream(deps.pool, source, stream)
        if of_release is not None:
            entries = [entry for entry in entries if entry.record.data.get("release") == of_release]
        for _ in range(1 + (self.chance.random() < 0.1)):
            now = _now()
            async with deps.pool.acquire() as conn, conn.transaction():
                intents = await reaction(deps).react(conn, Delivered.of(entries[-1]), now)
                await carry_out_all(conn, deps.log, deps.settings.partitions, now, intents)

    async def _react_to_last(self, service: str, stream: str) -> str:
        entries = await read.stream(self.deps(service).pool, log_for(service), stream)
        return entries[-1].record.name

    # -- what may come between

    async def act(self, name: str, document: str) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.took))
        try:
            await ACTS[name](self, document)
        except Refused as refused:
            self.outcomes[f"{name} {refused.code}"] += 1
        else:
            self.outcomes[f"{name} taken"] += 1

    async def edit(self, name: str, **changes: Any) -> None:
        deps, stream = self.deps("intake"), document_stream(name)
        event = _draft(name, **changes)
        rules = await rules_for(deps.replica, "finance", _now())
        state = DOCUMENT.fold(await read.stream(deps.pool, deps.log, stream))
        ended = await ended_release(deps.pool, state)
        fields = {each: getattr(event, each) for each in _FIELDS}
        cmd = document.Draft(**fields, ended=ended, by="finance-drafter")
        await self._carry_out(deps, stream, DOCUMENT, lambda state: document.draft(state, cmd, rules, _now()))

    async def object_to(self, name: str) -> None:
        deps = self.deps("review")
        rules = await rules_for(deps.replica, "finance", _now())
        cmd = consultation.Object(
            "标准尚未批准", "water-deputy", frozenset({"water-deputy"}), "water-officer"
        )
        await self._carry_out(
            deps,
            consultation_stream(_letter(name)),
            CONSULTATION,
            lambda state: consultation.object_(state, cmd, rules, _now()),
        )

    async def withdraw_review(self, name: str) -> None:
        deps = self.deps("review")
        rules = await rules_for(deps.replica, "finance", _now())
        cmd = secrecy.Withdraw(D1, "发现尚未公开的内容", "finance-reviewer")
        await self._carry_out(
            deps, review_stream(name), REVIEW, lambda state: secrecy.withdraw(state, cmd, rules, _now())
        )

    async def _carry_out(
        self,
        deps: DecidingDependencies,
        stream: str,
        aggregate: Aggregate[Any],
        decide: Callable[[Any], Sequence[Event]],
    ) -> None:
        await deps.carry_out(Intent(uuid4(), stream, aggregate, decide), _now())


ACTS: Final[dict[str, Callable[[Race, str], Awaitable[None]]]] = {
    "edit": lambda race, name: race.edit(name, title="更正后的标题"),
    "another-attribute": lambda race, name: race.edit(
        name, attribute=Attribute.ON_APPLICATION, reason="涉及过程性信息"
    ),
    "objection": lambda race, name: race.object_to(name),
    "withdrawn-review": lambda race, name: race.withdraw_review(name),
}
_FIELDS = (
    "document",
    "unit",
    "title",
    "number",
    "category",
    "attribute",
    "reason",
    "summary",
    "digest",
    "media_type",
    "size",
    "formed_on",
    "consult",
)


def _draft(name: str, **changes: Any) -> Any:
    return a_document_drafted(document=name, unit="finance", consult=(NEED,), by="finance-drafter", **changes)


def _saying(events: Sequence[Event]) -> Callable[[Any], Sequence[Event]]:
    return lambda _: events


def _letter(name: str) -> str:
    return consultation_id(name, D1, "water", ConsultationKind.AFFECTS)


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.timeout(4200)
@pytest.mark.clause("WY-B.3", "WY-B.4", "SC-3.3", "LS-10b")
async def test_raced_decisions_let_nothing_out_without_a_permit_that_holds(quiet: Services) -> None:
    race = Race(quiet, random.Random(SEED))
    names = [f"paper-{number}" for number in range(RACES)]
    for start in range(0, RACES, 200):
        await race.prepare(names[start : start + 200])
    waiting = iter(names)

    async def worker() -> None:
        for name in waiting:
            acts = race.chance.sample(sorted(ACTS), race.chance.choice((0, 1, 1, 1, 2)))
            await asyncio.gather(race.release(name), *(race.act(act, name) for act in acts))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(worker())
    logs = await logs_of(quiet)
    print(f"{RACES} releases, seed {SEED}: {dict(sorted(race.outcomes.items()))}")
    assert violations(logs) == []
    for outcome in ("publish DocumentPublished", "publish ReleaseClosed", "edit document.being-released"):
        assert race.outcomes[outcome], f"no race ended in “{outcome}”: the acts miss the releases"
