"""The register over HTTP: entries of a day, endings and what follows from them, who can be applied to, gaps."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai
APRIL = datetime(2025, 4, 1, 1, tzinfo=UTC)
APPLICATION = {
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年决算"},
}


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    """A district with a finance bureau, a grain bureau and a school."""
    async with running_services(
        fresh_database, broker, tmp_path, MONDAY, ("intake", "review", "publishing")
    ) as made:
        district = {"unit": "district", "name": "示例区人民政府", "kind": "government", "jurisdiction": "sc"}
        await enter(made, district)
        await enter(made, unit("finance", government="district", roles=["authority"]))
        await enter(made, unit("grain", government="district"))
        await enter(made, unit("school", government="district", superior="finance", kind="institution"))
        yield made


async def enter(services: Services, entry: dict[str, Any], status: int = 201) -> httpx.Response:
    answer = await services.say("intake", "/units", "registrar", entry)
    assert answer.status_code == status, answer.text
    return answer


async def end(services: Services, name: str = "grain", status: int = 201, **said: Any) -> dict[str, Any]:
    body = {"kind": "merged", "on": "2025-04-01", "successors": [{"unit": "finance"}]} | said
    answer = await services.say("intake", f"/units/{name}/ending", "registrar", body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def names(services: Services, **asked: str) -> set[str]:
    return {u["unit"] for u in (await services.ask("intake", "/units", "finance-officer", **asked)).json()}


@pytest.mark.clause("SC-A1.3")
async def test_the_register_of_a_day_has_the_units_of_that_day(district: Services) -> None:
    await end(district)
    assert "grain" in await names(district)
    assert "grain" in await names(district, on="2025-03-31")
    assert "grain" not in await names(district, on="2025-04-01")
    assert "grain" in await names(district, on="2025-04-01", ended="true")
    before = (await district.ask("intake", "/units/grain/owners", "finance-officer")).json()
    after = (await district.ask("intake", "/units/grain/owners", "finance-officer", on="2025-04-01")).json()
    assert [o["unit"] for o in before] == ["grain"]
    assert after == [{"unit": "finance", "name": "示例finance局", "scope": None, "path": ["grain"]}]


@pytest.mark.clause("SC-A1.3", "LS-4")
async def test_nothing_new_in_the_name_of_an_ended_unit_and_its_successor_goes_on_with_the_old(
    district: Services,
) -> None:
    received = (
        await district.say("intake", "/applications", "public", {"unit": "grain", **APPLICATION})
    ).json()
    text = await district.clients["intake"].post(
        "/texts", content="粮食收购公告。".encode(), headers=district.bearer("grain-drafter") | TEXT
    )
    draft = {
        "unit": "grain",
        "title": "粮食收购公告",
        "attribute": "proactive",
        "digest": text.json()["digest"],
        "formed_on": "2025-03-03",
    }
    drafted = (await district.say("intake", "/documents", "grain-drafter", draft)).json()
    await end(district)
    await district.set_clock(APRIL)

    refused = await district.say("intake", "/documents", "finance-drafter", draft)
    assert (refused.status_code, refused.json()["code"]) == (409, "unit.ended")
    assert "示例finance局" in refused.json()["title"]
    refused = await district.say("intake", "/applications", "public", {"unit": "grain", **APPLICATION})
    assert refused.json()["code"] == "unit.ended"

    path = f"/applications/{received['id']}/answer"
    answer = {"kind": "disclosed", "text": "现予公开。"}
    gone = await district.say("intake", path, "grain-officer", answer)
    assert gone.status_code == 403
    proposed = await district.say("intake", path, "finance-officer", answer)
    assert proposed.status_code == 201, proposed.text

    text = await district.clients["intake"].post(
        "/texts", content="粮食收购公告，修订。".encode(), headers=district.bearer("finance-drafter") | TEXT
    )
    again = draft | {"unit": "finance", "document": drafted["id"], "digest": text.json()["digest"]}
    redrafted = await district.say("intake", "/documents", "finance-drafter", again)
    assert redrafted.status_code == 201, redrafted.text


TEXT = {"Content-Type": "text/plain"}


@pytest.mark.clause("SC-A1.3")
async def test_a_successor_exists_and_was_never_succeeded_by_the_unit(district: Services) -> None:
    assert (await end(district, successors=[{"unit": "nowhere"}], status=422))["code"] == "unit.unknown"
    await end(district)
    refused = await end(district, "finance", successors=[{"unit": "grain"}], status=409)
    assert (refused["code"], refused["field"]) == ("unit.ended-successor", "/successors/0/unit")


@pytest.mark.clause("SC-A1.3")
async def test_an_ended_unit_gets_no_new_entry_and_who_took_over_is_named(district: Services) -> None:
    again = unit("grain", government="district", effective_on="2025-04-01")
    await end(district)
    assert "由示例finance局承接" in (await enter(district, again, status=409)).json()["title"]
    await end(district, kind="abolished", successors=[], decided_by="district")
    assert "由示例区人民政府承接" in (await enter(district, again, status=409)).json()["title"]


@pytest.mark.clause("SC-A1.3", "LS-4")
async def test_of_two_units_that_decide_each_others_end_one_goes_on_to_owe(district: Services) -> None:
    alone: dict[str, Any] = {"kind": "abolished", "successors": []}
    await end(district, "finance", **alone, decided_by="grain")
    for day in ("2025-04-02", "2025-03-31"):
        refused = await end(district, "grain", **alone, on=day, decided_by="finance", status=409)
        assert (refused["code"], refused["field"]) == ("unit.ended-decider", "/decided_by")
    owners = (await district.ask("intake", "/units/finance/owners", "grain-head", on="2025-04-02")).json()
    assert [owner["unit"] for owner in owners] == ["grain"]
    await end(district, "grain", on="2025-04-02", decided_by="finance", successors=[{"unit": "school"}])


async def test_what_an_entry_lacks_is_told_with_the_clause_that_asks_for_it(district: Services) -> None:
    entry = unit("water") | {"kind": "club"}
    for path, body, clause in (("/units/grain/ending", {}, "SC-A1.3"), ("/units", entry, "GT-whom")):
        answer = await district.say("intake", path, "registrar", body)
        assert answer.status_code == 422, answer.text
        assert (answer.json()["field"], answer.json()["clause"]) == ("/kind", clause)


async def test_only_the_registrar_enters_an_ending(district: Services) -> None:
    body = {"kind": "abolished", "on": "2025-04-01", "decided_by": "district"}
    refused = await district.say("intake", "/units/grain/ending", "finance-head", body)
    assert refused.status_code == 403


@pytest.mark.clause("GT-whom", "LS-12")
async def test_an_application_to_who_cannot_be_applied_to_is_refused_and_names_who_can(
    district: Services,
) -> None:
    branch = unit("branch", government="district", superior="finance", managed="dual", kind="branch")
    await enter(district, branch)
    refused = await district.say("intake", "/applications", "public", {"unit": "branch", **APPLICATION})
    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["clause"]) == ("application.not-addressee", "GT-whom")
    assert "示例区人民政府" in refused.json()["title"]
    shown = {u["unit"]: u for u in (await district.ask("intake", "/units", "public")).json()}
    assert shown["branch"]["apply_to"] == "district"
    assert not shown["branch"]["takes_applications"]
    assert shown["finance"]["apply_to"] == "finance"


@pytest.mark.clause("GT-scope", "LS-16")
async def test_an_application_to_an_institution_is_refused_and_names_its_competent_department(
    district: Services,
) -> None:
    refused = await district.say("intake", "/applications", "public", {"unit": "school", **APPLICATION})
    assert (refused.json()["code"], refused.json()["clause"]) == ("application.institution", "GT-scope")
    assert "示例finance局" in refused.json()["title"]


@pytest.mark.clause("SC-1.2")
async def test_the_common_superior_comes_with_the_way_there(district: Services) -> None:
    found = (await district.ask("intake", "/units/finance/common-superior/grain", "finance-head")).json()
    assert found["unit"] == "district"
    assert [step["line"] for way in found["ways"] for step in way] == ["government", "government"]


@pytest.mark.clause("SC-1.1", "SC-1.3", "SC-A1.2")
async def test_gaps_are_for_officers_and_the_registrar(district: Services) -> None:
    found = (await district.ask("intake", "/register/gaps", "finance-head")).json()
    assert {"section", "body"} <= {gap["code"] for gap in found if gap["unit"] == "finance"}
    assert {"role-secrecy"} <= {gap["code"] for gap in found if gap["unit"] == "district"}
    assert (await district.ask("intake", "/register/gaps", "nobody")).status_code == 403


@pytest.mark.clause("WY-A.3", "SC-A1.2")
async def test_the_public_sees_a_disclosure_body_but_no_officer(district: Services) -> None:
    body = {"name": "办公室", "officer": "grain-officer", "phone": "0000-0000000"}
    await enter(district, unit("grain", government="district", body=body))
    shown = {u["unit"]: u for u in (await district.ask("intake", "/units", "public")).json()}["grain"]
    assert (shown["body"]["name"], shown["body"]["officer"], shown["officers"]) == ("办公室", None, [])


async def test_a_social_credit_code_has_to_be_one(district: Services) -> None:
    await enter(district, unit("grain", code="91110000600037341L"))
    refused = await enter(district, unit("grain", code="91110000600037341M"), status=422)
    assert refused.json()["field"] == "/code"


@pytest.mark.clause("WY-H.11")
async def test_a_unit_under_vertical_management_is_decided_by_its_superiors_rules(district: Services) -> None:
    await enter(district, unit("tax-above", jurisdiction="cx"))
    await enter(district, unit("tax", superior="tax-above", managed="vertical"))
    text = await district.clients["intake"].post(
        "/texts", content="税务公告。".encode(), headers=district.bearer("tax-drafter") | TEXT
    )
    draft = {"unit": "tax", "title": "税务公告", "attribute": "after-redaction", "formed_on": "2025-03-03"}
    refused = await district.say(
        "intake", "/documents", "tax-drafter", draft | {"digest": text.json()["digest"]}
    )
    assert (refused.json()["code"], refused.json()["clause"]) == ("document.no-reason", "CX-6")


@pytest.mark.clause("LS-2")
@pytest.mark.parametrize(
    ("media_type", "content", "status"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(9), 201),
        ("image/png", b"<script>", 422),
        ("image/svg+xml", b"<svg/>", 415),
        ("text/plain", b"\x89PNG", 422),
    ],
)
async def test_what_comes_in_is_what_it_says(
    district: Services, media_type: str, content: bytes, status: int
) -> None:
    headers = district.bearer("finance-drafter") | {"Content-Type": media_type}
    answer = await district.clients["intake"].post("/texts", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert status == 201 or answer.json()["clause"] == "LS-2"
