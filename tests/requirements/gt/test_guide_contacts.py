"""条例第十二条: 政府信息公开指南包括政府信息公开工作机构的名称、办公地址、办公时间、联系电话等."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("GT-guide", missing="编排体系、传真号码；指南和目录逾期未更新的提示")
async def test_the_guide_says_where_when_and_how_a_body_is_reached(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    row = (await scenario.public.page("/guide")).row("示例区财政局办公室")
    for words in ("示例区财政局1号楼101室", "工作日9:00-12:00", "0000-1234567"):
        assert words in row
