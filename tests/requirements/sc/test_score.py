"""SC-4.1 (四.1): 政务公开工作纳入考核；征求意见逾期未复的扣分."""

import pytest

from tests.requirements.scenario import Scenario

ASKED = [{"unit": "sc-water", "kind": "affects", "matters": "水价", "opinion": "拟主动公开"}]


@pytest.mark.clause("SC-4.1", missing="日常抽查、年终考评、考核办法按年公布")
async def test_silence_costs_the_silent_unit_points_with_its_evidence(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    drafter = scenario.as_("sc-finance-drafter")
    await drafter.reviewed_draft("示例区水价说明", consult=ASKED)
    await scenario.on("2025-03-06")
    page = await scenario.as_("sc-office-officer").page("/scores/sc-water")
    assert "1项，共扣3分" in page
    assert "征求意见逾期未复，每件扣3分" in page
