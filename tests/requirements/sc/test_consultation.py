"""SC-3.3 (三.3): 涉及其他单位工作内容的，公布前书面征求意见，2个工作日内书面回复.

不同意的，由所涉及单位的分管领导签署书面意见，明确理由；不能达成一致意见的，报共同的上一级行政机关协调解决."""

import pytest

from tests.requirements.scenario import Scenario

ASKED = [{"unit": "sc-water", "kind": "affects", "matters": "水价", "opinion": "拟主动公开"}]


async def drafted(scenario: Scenario) -> str:
    """A draft that touches the water bureau's work, reviewed, so that nothing but the consultation holds it up."""
    await scenario.on("2025-03-03")
    return await scenario.as_("sc-finance-drafter").reviewed_draft("示例区水价说明", consult=ASKED)


@pytest.mark.clause("SC-3.3")
async def test_who_is_asked_agrees_and_it_is_published(scenario: Scenario) -> None:
    document = await drafted(scenario)
    officer, water = scenario.as_("sc-finance-officer"), scenario.as_("sc-water-officer")
    page = await officer.page(f"/documents/{document}")
    assert "示例区水务局尚未就这一稿回复意见" in page.row("上城制度三.3", within="发布")
    assert "2025年3月5日" in page.row("示例区水务局", within="征求意见")
    assert not page.has_form(f"/documents/{document}/publish")

    desk = await water.page("/")
    assert "剩余2个工作日" in desk.row("示例区水价说明", within="待答复的征求意见")
    letter = await water.page(desk.links("示例区水价说明")["示例区水价说明"])
    assert (letter.fact("协调事项"), letter.fact("拟稿单位意见")) == ("水价", "拟主动公开")
    assert "答复已送达" in await water.send(letter.action("consultations"), agrees="yes")

    await officer.page(f"/documents/{document}")
    assert "已发布" in await officer.send(f"/documents/{document}/publish")
    assert "全文如下。" in await scenario.public.page(f"/documents/{document}")


@pytest.mark.clause("SC-3.3")
async def test_who_disagrees_states_why_and_the_deputy_signs(scenario: Scenario) -> None:
    document = await drafted(scenario)
    water = scenario.as_("sc-water-officer")
    letter = await water.page(f"/documents/{document}")
    answer = letter.action("consultations")
    assert (await water.send(answer, agrees="no", signed_by="sc-water-deputy")).refused == [
        "consultation.no-reason"
    ]
    unsigned = await water.send(answer, agrees="no", reason="水价尚未审定", signed_by="")
    assert (unsigned.refused, unsigned.clauses) == (["consultation.not-signed"], ["上城制度三.3"])
    signed = await water.send(answer, agrees="no", reason="水价尚未审定", signed_by="sc-water-deputy")
    assert "答复已送达" in signed

    officer = scenario.as_("sc-finance-officer")
    page = await officer.page(f"/documents/{document}")
    assert "不同意" in page.row("水价尚未审定", within="征求意见")
    assert "示例区水务局不同意发布这一稿" in page.row("上城制度三.3", within="发布")
    refused = await officer.publish(document)
    assert (refused.refused, refused.clause) == ("publication.consultation-refused", "SC-3.3")
    assert (await scenario.public.page(f"/documents/{document}")).status == 404


@pytest.mark.clause("SC-3.3", missing="达不成一致的，报共同的上一级行政机关协调解决：没有上报和裁定")
async def test_silence_is_reminded_and_never_consent(scenario: Scenario) -> None:
    document = await drafted(scenario)
    await scenario.on("2025-03-05 23:59")  # the second working day isn't over
    assert "逾期" not in await scenario.as_("sc-finance-officer").page(f"/documents/{document}")
    await scenario.on("2025-03-06 00:01")
    officer = scenario.as_("sc-finance-officer")
    page = await officer.page(f"/documents/{document}")
    assert "超期1个工作日" in page.row("示例区水务局", within="征求意见")
    assert "2025年3月5日到期" in page.row("不视为同意，催办", within="经过")
    refused = await officer.publish(document)
    assert (refused.refused, refused.clause) == ("publication.consultation-open", "SC-3.3")
    desk = await scenario.as_("sc-water-officer").page("/")
    assert "超期1个工作日" in desk.row("示例区水价说明", within="待答复的征求意见")

    water = scenario.as_("sc-water-deputy")  # a late answer is welcome
    letter = await water.page(f"/documents/{document}")
    await water.send(letter.action("consultations"), agrees="yes")
    assert (await officer.publish(document)).taken
