"""楚雄制度第二条、第六条: which information there is, and that a document says at its source how it is disclosed."""

import pytest

from tests.requirements.scenario import Scenario

ATTRIBUTES = {
    "proactive": "主动公开",
    "after-declassification": "脱密后公开",
    "on-application": "依申请公开",
    "after-redaction": "删减后公开",
    "withheld": "不予公开",
}


@pytest.mark.clause("CX-6")
async def test_a_document_has_one_of_five_attributes_or_is_not_issued(scenario: Scenario) -> None:
    """拟制公文时，须明确标注公开属性……未标注公开属性的不得发文."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("cx-finance-drafter")
    form = await drafter.page("/documents/new")
    offered = form.fields("/documents")["attribute"].choices
    assert [words.partition(" ")[0] for words in offered.values()] == list(ATTRIBUTES.values())
    assert [words.partition(" ")[2] for words in offered.values()] == ["", *["须写明理由"] * 4]
    typed = {"title": "关于预算公开的通知", "formed_on": "2025-03-03", "body": "全文如下。"}
    refused = await drafter.send("/documents", typed | {"attribute": None})
    assert (refused.refused, refused.clauses) == (["document.no-attribute"], ["楚雄制度第六条"])
    assert "关于预算公开的通知" not in await drafter.page("/documents")
    unknown = await drafter.draft(attribute="partial", reason="部分内容")  # another county's
    assert (unknown.refused, unknown.clause, unknown.field) == (
        "document.unknown-attribute",
        "CX-6",
        "/attribute",
    )

    await drafter.page("/documents/new")
    issued = await drafter.send("/documents", typed | {"attribute": "proactive"})
    assert issued.fact("公开属性") == "主动公开"
    assert "关于预算公开的通知" in await drafter.page("/documents")


@pytest.mark.clause("CX-6")
async def test_all_but_proactive_disclosure_needs_its_reason(scenario: Scenario) -> None:
    """拟脱密后公开、依申请公开、删减后公开和不公开的，要依法依规说明理由……未说明理由的不得发文."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("cx-finance-drafter")
    for attribute, words in ATTRIBUTES.items():
        if attribute == "proactive":
            continue
        refused = await drafter.draft(attribute=attribute, reason="  ")
        assert (refused.refused, refused.clause, refused.field) == ("document.no-reason", "CX-6", "/reason")
        issued = await drafter.draft(f"{words}的全文。", attribute=attribute, reason="内部管理事项")
        page = await scenario.as_("cx-finance-head").page(f"/documents/{issued['id']}")
        assert (page.fact("公开属性"), page.fact("理由")) == (words, "内部管理事项")


@pytest.mark.clause("CX-2")
async def test_information_is_a_document_or_not_and_the_public_is_told_which(scenario: Scenario) -> None:
    """政府信息……包括公文类和非公文类政府信息."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("cx-finance-drafter")
    form = await drafter.page("/documents/new")
    assert form.fields("/documents")["category"].choices == {
        "official-document": "公文类",
        "other": "非公文类",
    }
    assert (await drafter.draft(category="memo")).status == 422
    for category, words in (("official-document", "公文类"), ("other", "非公文类")):
        document = await drafter.reviewed_draft("财政收支情况", text=f"{words}全文。", category=category)
        assert (await scenario.as_("cx-finance-officer").publish(document)).taken
        page = await scenario.public.page(f"/documents/{document}")
        assert page.fact("类别") == words
    guide = await scenario.public.page("/guide")
    assert [row.text for row in guide.rows("公文类") if row.links] == ["公文类 1", "非公文类 1"]


@pytest.mark.clause("CX-2")
async def test_what_is_no_document_is_held_in_any_recorded_form(scenario: Scenario) -> None:
    """以一定形式记录、保存的信息."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("cx-finance-drafter")
    digest = await drafter.upload(b"ID3" + b"\0" * 64, "audio/mpeg")
    document = (await drafter.draft(title="财政工作会议录音", category="other", digest=digest))["id"]
    page = await drafter.page(f"/documents/{document}")
    assert "音频" in page.panel("正文")
    lies = await drafter.post("/texts", content=b"no sound at all", headers={"Content-Type": "audio/mpeg"})
    assert (lies.refused, lies.clause) == ("text.not-text", "LS-2")
