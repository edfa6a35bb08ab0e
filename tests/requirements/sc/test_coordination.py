"""附件1《政府信息公开协调机制》第四条(3)、第六条: coordination before publishing, and what its letter says."""

import pytest

from tests.requirements.scenario import Scenario

MATTER = {
    "unit": "sc-water",
    "kind": "coordinate",
    "matters": "供水数据口径",
    "opinion": "拟主动公开，依据条例第十九条",
}


@pytest.mark.clause("SC-A1.4c", missing="情况紧急的即时答复；不同意而仍需公开的，报请主管部门协调解决")
async def test_silence_of_five_working_days_is_consent(scenario: Scenario) -> None:
    """被征求意见的行政机关应当于5个工作日内书面予以回复……未在规定期限内答复的，视为同意公开该政府信息."""
    await scenario.on("2025-03-03")
    document = await scenario.as_("sc-finance-drafter").reviewed_draft("示例区供水数据", consult=[MATTER])
    officer, water = scenario.as_("sc-finance-officer"), scenario.as_("sc-water-officer")
    await scenario.on("2025-03-10 23:59")  # the fifth working day
    early = await officer.publish(document)
    assert (early.refused, early.clause) == ("publication.consultation-open", "SC-A1.4c")
    letter = await water.page(f"/documents/{document}")
    assert "2025年3月10日" in letter.fact("回复期限")
    answer = letter.action("consultations")

    await scenario.on("2025-03-11 00:01")
    late = await water.send(answer, agrees="no", reason="口径未定", signed_by="sc-water-deputy")
    assert (late.refused, late.clauses) == (["consultation.lapsed"], ["上城制度附1第四条（3）"])
    page = await officer.page(f"/documents/{document}")
    assert "逾期视为同意" in page.row("示例区水务局", within="征求意见")
    assert "已发布" in await officer.send(f"/documents/{document}/publish")
    assert (await scenario.public.page(f"/documents/{document}")).title == "示例区供水数据"


@pytest.mark.clause("SC-A1.4c")
async def test_who_answers_in_time_is_heard(scenario: Scenario) -> None:
    """被征求意见的行政机关应当书面予以回复."""
    await scenario.on("2025-03-03")
    drafter, officer = scenario.as_("sc-finance-drafter"), scenario.as_("sc-finance-officer")
    for number, (agrees, refused) in enumerate(((True, None), (False, "publication.consultation-refused"))):
        document = await drafter.reviewed_draft("示例区供水数据", text=f"全文{number}。", consult=[MATTER])
        water = scenario.as_("sc-water-deputy")
        letter = await water.page(f"/documents/{document}")
        refusal = {"agrees": "no", "reason": "口径未定", "signed_by": "sc-water-deputy"}
        await water.send(letter.action("consultations"), {"agrees": "yes"} if agrees else refusal)
        await scenario.settled()
        assert (await officer.publish(document)).refused == refused


@pytest.mark.clause("SC-A1.6", missing="文号、内容描述和依据不是必填，函件不能打印")
async def test_a_letter_says_what_it_is_about_and_what_the_drafter_thinks(scenario: Scenario) -> None:
    """征求意见公文应包括：（一）名称、发布机构等基本情况；（二）需沟通协调的事项；（三）意见和依据."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("sc-finance-drafter")
    await drafter.page("/documents/new")
    typed = {"title": "示例区供水数据", "formed_on": "2025-03-03", "body": "全文。", "attribute": "proactive"}
    need = {f"consult/0/{name}": value for name, value in MATTER.items()}
    for lacking in ("matters", "opinion"):
        refused = await drafter.send("/documents", typed | need | {f"consult/0/{lacking}": "  "})
        assert refused.status == 422
        assert refused.refused
        by_api = await drafter.draft(consult=[MATTER | {lacking: " "}])
        assert (by_api.status, by_api.field) == (422, f"/consult/0/{lacking}")
        left_out = {name: value for name, value in MATTER.items() if name != lacking}
        assert (await drafter.draft(consult=[left_out])).status == 422
    assert "示例区供水数据" not in await scenario.as_("sc-water-officer").page("/")

    sent = await drafter.send("/documents", typed | need)
    assert "稿件已提交" in sent
    desk = await scenario.as_("sc-water-officer").page("/")
    letter = await scenario.as_("sc-water-officer").page(next(iter(desk.links("示例区供水数据").values())))
    assert letter.title == "示例区供水数据"
    assert letter.fact("成文日期") == "2025年3月3日"
    panel = letter.panel("示例区财政局征求")
    for said in ("供水数据口径", "拟主动公开，依据条例第十九条"):
        assert said in panel
