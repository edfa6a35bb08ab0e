"""A release, and everything that may come between its steps: an edit, another attribute, an objection, a withdrawn opinion.

Every step reads and then appends. Each act is put before a step's read, and between its read and its append. Whatever comes
of it, the logs are read afterwards by an oracle that knows nothing of the services.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gongkai.intake.documents.reactions import Handovers
from gongkai.ledger import read
from gongkai.ledger.decider import BatchDecider, Intent, Outcome
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.operate.databases.cluster import Cluster
from gongkai.publishing.release import progress
from gongkai.publishing.release.reactions import Releases
from gongkai.review.release.reactions import ReleaseRequests
from gongkai.runtime.topology import log_for
from tests.integration.paper import ASKED, Paper, district_of
from tests.integration.running_services import Services
from tests.oracle.releases import Logs, line, violations

Act = Callable[[Paper, str], Awaitable[httpx.Response]]

ACTS: Final[dict[str, Act]] = {
    "edit": lambda paper, digest: paper.edit(digest, title="更正后的标题", consult=ASKED),
    "another-attribute": lambda paper, digest: paper.edit(
        digest, attribute="on-application", reason="涉及过程性信息", consult=ASKED
    ),
    "objection": lambda paper, digest: paper.object_to(digest),
    "withdrawn-review": lambda paper, digest: paper.withdraw_review(digest),
}
STEPS: Final = {"permit": ReleaseRequests, "handover": Handovers, "publication": Releases}
EDITS = {"edit", "another-attribute"}


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with district_of(fresh_database, broker, tmp_path) as made:
        yield made


async def ready(district: Services) -> tuple[Paper, str]:
    """A document that nothing keeps from going out."""
    paper = Paper.new(district)
    digest = await paper.text("全文")
    await paper.draft(digest, consult=ASKED)
    await district.settled()
    assert (await paper.review(digest)).status_code == 201
    assert (await paper.answer_consultation(digest)).status_code == 201
    return paper, digest


async def logs_of(district: Services) -> Logs:
    found = {}
    for service in ("intake", "review", "publishing"):
        log, pool = log_for(service), district.deps[service].pool
        lines = []
        async for entries in read.all_entries(pool, log):
            lines += [line(entry.place.position, entry.committed_at, entry.raw) for entry in entries]
        found[service] = lines
    return found


class Between:
    """Does something once: when a step has read and not yet appended, or before it reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: str, *, before_read: bool) -> None:
        self.act: Callable[[], Awaitable[None]] | None = None
        reaction: Any = STEPS[step]
        react, append = reaction.react, BatchDecider.append
        armed = False

        async def reading(
            this: Any, conn: Connection, what: Delivered, now: datetime
        ) -> Sequence[Intent[Any]]:
            nonlocal armed
            if before_read and self.act and what.record.name in _CAUSES[step]:
                await self._do()
            intents: Sequence[Intent[Any]] = await react(this, conn, what, now)
            armed = armed or bool(intents)
            return intents

        async def appending(
            this: BatchDecider, conn: Connection, partitions: int, now: datetime
        ) -> list[Outcome]:
            if not before_read and self.act and armed:
                await self._do()
            return await append(this, conn, partitions, now)

        monkeypatch.setattr(reaction, "react", reading)
        monkeypatch.setattr(BatchDecider, "append", appending)

    async def _do(self) -> None:
        act, self.act = self.act, None
        assert act is not None
        await act()


_CAUSES = {
    "permit": {"ReleaseRequested"},
    "handover": {"ReleasePermitted"},
    "publication": {"VersionHandedOver"},
}


def published_after(act: str, step: str) -> bool:
    """An edit counts until the version is handed over; what review decides on counts until the permit."""
    return step == "publication" if act in EDITS else step != "permit"


@pytest.mark.parametrize("before_read", [True, False], ids=["before-it-reads", "before-it-appends"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.clause("WY-B.3", "WY-B.4", "SC-3.3", "LS-10b")
async def test_nothing_goes_out_without_a_permit_that_holds_at_its_position(
    district: Services, monkeypatch: pytest.MonkeyPatch, act: str, step: str, before_read: bool
) -> None:
    paper, digest = await ready(district)
    between, answers = Between(monkeypatch, step, before_read=before_read), list[httpx.Response]()

    async def interfere() -> None:
        answers.append(await ACTS[act](paper, digest))

    between.act = interfere
    out = await paper.publish(digest)
    [answer] = answers
    goes_out = published_after(act, step)
    assert out.status_code == (201 if goes_out else 409), out.text
    held = act in EDITS and step == "publication"
    assert answer.status_code == (409 if held else 201), answer.text
    if held:
        assert answer.json()["code"] == "document.being-released"
        assert (await ACTS[act](paper, digest)).status_code == 201  # the release has ended
    logs = await logs_of(district)
    assert violations(logs) == []
    published = [one for one in logs["publishing"] if one.name == "DocumentPublished"]
    assert len(published) == goes_out


@pytest.mark.parametrize("act", ACTS)
async def test_before_and_after_a_release_each_act_is_taken(district: Services, act: str) -> None:
    paper, digest = await ready(district)
    assert (await ACTS[act](paper, digest)).status_code == 201
    assert (await paper.publish(digest)).status_code == 409

    paper, digest = await ready(district)
    assert (await paper.publish(digest)).status_code == 201
    assert (await ACTS[act](paper, digest)).status_code == 201
    assert violations(await logs_of(district)) == []


async def test_who_waits_for_a_release_no_longer_finds_it_done_later(
    district: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, digest = await ready(district)
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    taken_up = await paper.publish(digest)
    assert taken_up.status_code == 202
    request = taken_up.json()["place"]
    again = await paper.publish(digest)
    assert (again.json()["place"], again.json()["repeated"]) == (request, True)
    await district.settled()
    done = await paper.publish(digest)
    assert (done.status_code, done.json()["repeated"]) == (201, True)
    assert done.json()["place"] != request
    published = [o for o in (await logs_of(district))["publishing"] if o.name == "DocumentPublished"]
    assert len(published) == 1


async def test_the_oracle_finds_what_it_is_there_for(district: Services) -> None:
    """Each rule broken by hand in a copy of the logs."""
    paper, digest = await ready(district)
    assert (await paper.publish(digest)).status_code == 201
    logs = await logs_of(district)
    assert violations(logs) == []
    for log, name, change in (
        ("publishing", "DocumentPublished", {"digest": "0" * 64}),
        ("publishing", "ReleaseRequested", {"release": "another"}),
        ("review", "SecrecyReviewed", {"opinion": "exempt"}),
        ("review", "ConsultationAnswered", {"agrees": False}),
        ("review", "ReleasePermitted", {"expires": "2025-03-02T00:00:00Z"}),
        ("intake", "DocumentDrafted", {"attribute": "withheld"}),
        ("intake", "VersionHandedOver", {"permit": {"id": "another"}}),
    ):
        broken = {
            where: [line_with(one, change) if (where, one.name) == (log, name) else one for one in lines]
            for where, lines in logs.items()
        }
        assert violations(broken), f"{name} with {change}"


def line_with(one: Any, change: dict[str, Any]) -> Any:
    record = {**one.record, "data": {**one.data, **change}}
    return type(one)(one.position, one.committed_at, record)
