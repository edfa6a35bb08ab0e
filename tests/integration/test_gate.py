"""The gate under edits: a review is of a version, the newest one counts, and who may look (the services over Kafka)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from gongkai.contracts.events import (
    ConsultationLapsed,
    ConsultationRequested,
    DocumentPublished,
    decode_if,
)
from gongkai.ledger import read
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.topology import log_for
from tests.integration.paper import ASKED, Paper, district_of
from tests.integration.running_services import Services


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with district_of(fresh_database, broker, tmp_path) as made:
        yield made


@pytest.fixture
def paper(district: Services) -> Paper:
    return Paper.new(district)


@pytest.mark.clause("WY-B.3", "LS-10b")
async def test_an_edit_of_any_part_needs_a_review_of_its_own(district: Services, paper: Paper) -> None:
    digest, other = await paper.text("全文"), await paper.text("另一全文")
    await paper.draft(digest)
    await district.settled()
    assert (await paper.review(digest)).status_code == 201
    await district.settled()
    assert await paper.lacks() == []

    for edit in ({"title": "另一个标题"}, {"summary": "另一概述"}, {"number": "示财〔2025〕1号"}):
        await paper.draft(digest, **edit)
        assert await paper.lacks() == ["publication.review-of-other-version"]
        refused = await paper.publish(digest)
        assert refused.json()["code"] == "publication.review-of-other-version"
        await district.settled()
        assert (await paper.review(digest)).status_code == 201
        await district.settled()
        assert await paper.lacks() == []

    await paper.draft(other)
    await paper.draft(digest)
    await district.settled()
    assert await paper.lacks() == ["publication.review-of-other-version"]
    assert (await paper.review(digest)).status_code == 201
    await district.settled()
    assert (await paper.publish(digest)).status_code == 201


@pytest.mark.clause("WY-B.3", "WY-B.4")
async def test_a_corrected_title_goes_out_again_and_the_same_version_doesnt(
    district: Services, paper: Paper
) -> None:
    digest = await paper.text("全文")
    await paper.draft(digest)
    await district.settled()
    await paper.review(digest)
    await district.settled()
    first = (await paper.publish(digest)).json()
    assert (await paper.publish(digest)).json() == first | {"repeated": True}

    await paper.draft(digest, title="更正后的标题")
    assert (await paper.publish(digest)).status_code == 409
    await district.settled()
    await paper.review(digest)
    await district.settled()
    second = (await paper.publish(digest)).json()
    assert not second["repeated"]
    assert (await paper.publish(digest)).json() == second | {"repeated": True}
    out = await read.stream(
        district.deps["publishing"].pool, log_for("publishing"), f"publication-{paper.document}"
    )
    published = [e for entry in out if (e := decode_if(entry.record, DocumentPublished))]
    assert [each.title for each in published] == ["示例区预算公开说明", "更正后的标题"]
    assert len({each.index for each in published}) == 1


@pytest.mark.clause("WY-B.3")
async def test_a_version_that_was_replaced_a_moment_ago_doesnt_go_out(
    district: Services, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when Kafka hasn't brought the newer draft: publishing asks intake's log which one is the newest."""
    digest, newer = await paper.text("全文"), await paper.text("另一全文")
    await paper.draft(digest)
    await district.settled()
    await paper.review(digest)
    await district.settled()
    assert await paper.lacks() == []

    async def nothing(*_: object) -> None: ...

    monkeypatch.setattr(Subscription, "deliver", nothing)
    await paper.draft(newer)
    refused = await paper.publish(digest)
    assert refused.status_code == 409
    assert refused.json()["code"] == "publication.other-version"


@pytest.mark.clause("SC-1.1")
async def test_the_gate_is_looked_at_by_who_may_read_the_draft(district: Services, paper: Paper) -> None:
    digest, other = await paper.text("全文"), await paper.text("另一全文")
    await paper.draft(digest, consult=ASKED)
    await district.settled()
    for person, status in (
        ("finance-drafter", 200),
        ("water-officer", 200),
        ("secrecy-reviewer", 200),
        ("inspection-head", 200),
        ("health-head", 403),
        ("nobody", 403),
        ("public", 403),
    ):
        answer = await paper.look(person)
        assert answer.status_code == status, person
        assert status == 200 or answer.json()["code"] == "rights.read-draft"
    await paper.draft(other)
    await district.settled()
    assert (await paper.look("water-officer")).status_code == 403  # of that version nobody asked them


@pytest.mark.clause("WY-B.8")
async def test_an_opinion_said_again_is_answered_as_the_first_time(district: Services, paper: Paper) -> None:
    digest, other = await paper.text("全文"), await paper.text("另一全文")
    await paper.draft(digest)
    await district.settled()
    key = str(uuid4())
    referred = (await paper.review(digest, opinion="refer", key=key)).json()
    again = await paper.review(digest, opinion="refer")
    assert again.json() == referred | {"repeated": True}
    assert (await paper.review(digest)).json()["code"] == "review.referred"
    decided = (await paper.review(digest, "secrecy-reviewer")).json()
    assert (await paper.review(digest, "secrecy-reviewer")).json() == decided | {"repeated": True}
    assert (await paper.review(digest)).json() == decided | {"repeated": True}
    assert (await paper.review(digest, opinion="exempt")).json()["code"] == "review.concluded"
    assert (await paper.review(digest, "health-reviewer")).status_code == 403
    await paper.draft(other)
    await district.settled()
    last = await paper.review(digest, opinion="refer", key=key)
    assert last.json() == referred | {"repeated": True}


@pytest.mark.clause("SC-3.3")
async def test_silence_about_a_text_that_was_replaced_is_nobodys_fault(
    district: Services, paper: Paper
) -> None:
    digest, other = await paper.text("全文"), await paper.text("另一全文")
    await paper.draft(digest, consult=ASKED)
    await district.settled()
    await paper.draft(other)
    await district.settled()
    await district.set_clock(datetime(2025, 3, 10, 1, tzinfo=UTC))  # the two working days are long over
    await _fired(district)
    assert await _letters(district) == [ConsultationRequested]

    await paper.draft(digest, consult=ASKED)  # it comes back, and so does the question, with time of its own
    await district.settled()
    await district.set_clock(datetime(2025, 3, 12, 15, tzinfo=UTC))  # 23:00 on the second working day
    await _fired(district)
    assert await _letters(district) == [ConsultationRequested, ConsultationRequested]
    await district.set_clock(datetime(2025, 3, 12, 16, 1, tzinfo=UTC))
    await _fired(district)
    assert await _letters(district) == [ConsultationRequested, ConsultationRequested, ConsultationLapsed]


@pytest.mark.clause("SC-3.3", "SC-1.3")
async def test_a_signature_is_a_deputys_and_who_handed_it_in_is_recorded(
    district: Services, paper: Paper
) -> None:
    digest = await paper.text("全文")
    await paper.draft(digest, consult=ASKED)
    await district.settled()
    (letter,) = await read.streams_with_prefix(
        district.deps["review"].pool, log_for("review"), "consultation-", -1
    )
    path = f"/{letter.stream.replace('consultation-', 'consultations/')}/answer"
    no = {"agrees": False, "reason": "标准尚未批准"}
    for body, code in (
        (no, "consultation.not-signed"),
        (no | {"signed_by": "finance-deputy"}, "consultation.not-signed"),
        ({"agrees": True, "signed_by": "water-head"}, "consultation.not-a-deputy"),
    ):
        told = await district.say("review", path, "water-officer", body)
        assert told.json()["code"] == code
    signed = no | {"signed_by": "water-deputy"}
    assert (await district.say("review", path, "water-officer", signed)).status_code == 201
    _, answer = await read.stream(district.deps["review"].pool, log_for("review"), letter.stream)
    assert (answer.record.data["signed_by"], answer.record.data["by"]) == ("water-deputy", "water-officer")
    await district.settled()
    assert "publication.consultation-refused" in await paper.lacks()


async def _letters(services: Services) -> list[type]:
    """What happened to the consultations, in order."""
    kinds = {kind.NAME: kind for kind in (ConsultationRequested, ConsultationLapsed)}
    entries = await read.streams_with_prefix(
        services.deps["review"].pool, log_for("review"), "consultation-", -1
    )
    return [kinds[entry.record.name] for entry in entries]


async def _fired(services: Services) -> None:
    """Until no timer of review is due any more, and what came of it has settled."""
    for _ in range(200):
        due = await services.deps["review"].pool.fetchval(
            "SELECT count(*) FROM timer, ledger.clock WHERE NOT fired AND due_at <= moment"
        )
        if not due:
            return await services.settled()
        await asyncio.sleep(0.05)
    raise AssertionError("timers that never fire")
