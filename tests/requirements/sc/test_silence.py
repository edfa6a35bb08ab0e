"""附1第四条（3）: 未在规定期限内答复的，视为同意公开；以及逾期未复的扣分（SC-4.1）."""

import pytest

from tests.requirements.scenario import Scenario


def asked(kind: str) -> list[dict[str, str]]:
    return [{"unit": "sc-water", "kind": kind, "matters": "水价", "opinion": "拟主动公开"}]


@pytest.mark.clause("SC-A1.4c", missing="紧急的即时答复；拟发布机关认为仍需公开的，报主管部门协调")
async def test_silence_is_consent_after_five_working_days_and_opens_the_gate(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    drafter = scenario.as_("sc-finance-drafter")
    document = await drafter.reviewed_draft("示例区水价说明", consult=asked("coordinate"))
    officer = scenario.as_("sc-finance-officer")
    await scenario.on("2025-03-10")  # the fifth working day isn't over
    refused = await officer.publish(document)
    assert (refused.refused, refused.clause) == ("publication.consultation-open", "SC-A1.4c")
    await scenario.on("2025-03-11")
    page = await officer.page(f"/documents/{document}")
    assert "视为同意" in page
    assert (await officer.publish(document)).taken
    assert "全文如下。" in await scenario.public.page(f"/documents/{document}")


@pytest.mark.clause("SC-4.1", missing="日常抽查、年终考评、考核办法按年公布")
async def test_silence_costs_the_silent_unit_points_with_its_evidence(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    drafter = scenario.as_("sc-finance-drafter")
    await drafter.reviewed_draft("示例区水价说明", consult=asked("affects"))
    await scenario.on("2025-03-06")
    page = await scenario.as_("sc-office-officer").page("/scores/sc-water")
    assert "1项，共扣3分" in page
    assert "征求意见逾期未复，每件扣3分" in page
