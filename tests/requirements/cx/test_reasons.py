"""CX-6 (第六条): 拟稿时注明公开属性；除主动公开外须说明理由，未注明、未说明的不予印发."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("CX-6", missing="页面上的同样拒绝")
@pytest.mark.parametrize(
    "attribute", ["after-declassification", "on-application", "after-redaction", "withheld"]
)
async def test_all_attributes_but_one_need_their_reason(scenario: Scenario, attribute: str) -> None:
    await scenario.on("2025-03-03")
    drafter = scenario.as_("cx-finance-drafter")
    refused = await drafter.draft(attribute=attribute)
    assert (refused.refused, refused.clause, refused.field) == ("document.no-reason", "CX-6", "/reason")
    assert (await drafter.draft(attribute=attribute, reason="含有商业秘密")).taken
    assert (await drafter.draft(text="另一份。", attribute="proactive")).taken
