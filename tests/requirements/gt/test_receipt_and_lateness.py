"""条例第三十一条、第三十三条: from which day an application counts, and what its applicant sees of a late answer."""

import pytest

from tests.requirements.scenario import PUBLIC, Answer, Scenario

APPLICATION = {
    "unit": "sc-finance",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年决算"},
}


async def followed(scenario: Scenario, received: Answer) -> str:
    """What the applicant reads, with receipt number and query code."""
    await scenario.public.page("/progress")
    fields = {"/receipt": received["receipt"], "/code": received["code"]}
    return (await scenario.public.send("/progress", {name[1:]: value for name, value in fields.items()})).text


@pytest.mark.clause("GT-received", missing="当面、平常信函、传真各自的收到日")
async def test_signed_post_counts_from_the_day_it_was_signed_for(scenario: Scenario) -> None:
    await scenario.on("2025-03-05")
    officer = scenario.as_("sc-finance-officer")
    posted = APPLICATION | {"channel": "letter", "received_on": "2025-03-03"}
    received = await officer.post("/applications", posted)
    page = await officer.page(f"/applications/{received['id']}")
    assert "2025年3月3日" in page
    assert "2025年3月31日" in page.state  # twenty working days after the 3rd, not the 5th
    assert "2025年3月31日" in await followed(scenario, received)


@pytest.mark.clause("GT-answer", missing="当场答复、延长答复期限、征求意见所需时间不计入")
async def test_a_late_answer_is_late_on_the_applicants_page_too(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    received = await scenario.as_(PUBLIC).post("/applications", APPLICATION)
    await scenario.on("2025-03-31")
    assert "超期" not in await followed(scenario, received)
    await scenario.on("2025-04-02")
    page = await followed(scenario, received)
    assert "答复已经超期" in page
    assert "超期2个工作日" in page
    officer = scenario.as_("sc-finance-officer")
    assert "超期2个工作日" in await officer.page(f"/applications/{received['id']}")
