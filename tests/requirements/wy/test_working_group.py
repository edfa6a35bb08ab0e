"""WY-A.1: 县政务公开专项工作组统一领导，其办公室负责推进、指导、协调、监督."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("WY-A.1", missing="协调、推进的工作台账")
async def test_the_working_group_oversees_the_countys_units_and_no_other_countys(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    document = (await scenario.as_("wy-finance-drafter").draft(title="示例县预算说明"))["id"]
    elsewhere = (await scenario.as_("sc-finance-drafter").draft(title="示例区预算说明"))["id"]
    group = scenario.as_("wy-group-officer")
    assert "示例县预算说明" in await group.page(f"/documents/{document}")
    assert "示例区预算说明" not in await group.page(f"/documents/{elsewhere}")
    text = await group.get(f"/documents/{document}/text")
    assert text.taken
    assert not (await group.get(f"/documents/{elsewhere}/text")).taken
