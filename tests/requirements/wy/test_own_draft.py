"""WY-B.3: 谁制作、谁公开、谁审查、谁负责；先审查、后公开，一事一议."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("WY-B.3")
async def test_who_drafted_does_not_review_for_a_colleague_either(scenario: Scenario) -> None:
    await scenario.on("2025-03-03")
    drafter, reviewer = scenario.as_("wy-finance-drafter"), scenario.as_("wy-finance-reviewer")
    document = (await drafter.draft())["id"]
    handed_on = await reviewer.post(
        "/delegations",
        {
            "unit": "wy-finance",
            "giver": "wy-finance-reviewer",
            "taker": "wy-finance-drafter",
            "duties": ["secrecy-reviewer"],
            "since": "2025-03-03",
            "until": "2025-03-31",
            "reason": "休假",
        },
    )
    assert handed_on.taken, handed_on.says
    own = await drafter.examine(document)
    assert (own.refused, own.clause) == ("review.own-draft", "WY-B.3")
    assert (await reviewer.examine(document)).taken
