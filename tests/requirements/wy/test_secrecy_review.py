"""五原县政府信息公开保密审查制度: attribute at the source, one review of one version, an opinion with basis and reason."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("WY-B.5")
async def test_the_attribute_is_fixed_while_the_document_is_made(scenario: Scenario) -> None:
    """在信息制作产生过程中同步确定其公开属性，即：主动公开、脱密后公开、依申请公开、不予公开."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("wy-finance-drafter")
    form = await drafter.page("/documents/new")
    attribute = form.fields("/documents")["attribute"]
    offered = {code: words.partition(" ")[0] for code, words in attribute.choices.items()}
    assert list(offered.values()) == ["主动公开", "脱密后公开", "依申请公开", "不予公开"]
    assert attribute.value == ""  # nothing is chosen for anybody
    none = await drafter.draft(attribute=None)
    assert (none.refused, none.clause) == ("document.no-attribute", "WY-B.5")
    other = await drafter.draft(attribute="after-redaction", reason="删减")
    assert (other.refused, other.clause) == ("document.unknown-attribute", "WY-B.5")
    for code, words in offered.items():
        made = await drafter.draft(f"{words}。", attribute=code, reason="内部事务")
        page = await drafter.page(f"/documents/{made['id']}")
        assert page.fact("公开属性") == words


@pytest.mark.clause("WY-B.6a", missing="脱密后公开的，没有同时提供密件和脱密后文稿两个文本")
async def test_the_drafter_proposes_the_attribute_with_its_reason(scenario: Scenario) -> None:
    """公文的公开属性由拟稿人提出……属于依申请公开和不予公开的公文，应随文标注理由."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("wy-finance-drafter")
    for attribute in ("on-application", "withheld"):
        refused = await drafter.draft(attribute=attribute)
        assert (refused.refused, refused.clause) == ("document.no-reason", "WY-B.6a")
        assert (await drafter.draft(attribute=attribute, reason="内部事务信息")).taken


@pytest.mark.clause("WY-B.3")
async def test_nothing_is_disclosed_before_it_is_reviewed_nor_by_another_unit(scenario: Scenario) -> None:
    """谁制作、谁公开、谁审查、谁负责；先审查、后公开."""
    await scenario.on("2025-03-03")
    drafter, officer = scenario.as_("wy-finance-drafter"), scenario.as_("wy-finance-officer")
    document = (await drafter.draft(title="示例县财政收支"))["id"]
    unreviewed = await officer.publish(document)
    assert (unreviewed.refused, unreviewed.clause) == ("publication.no-review", "WY-B.3")
    page = await officer.page(f"/documents/{document}")
    assert "未经审查不得公开" in page.row("五原制度第三条", within="发布")

    digest = await drafter.digest_of(document)
    opinion = {"digest": digest, "opinion": "disclose", "basis": ["条例第十九条"], "reason": "不涉密"}
    for stranger in ("wy-water-reviewer", "wy-finance-drafter", "wy-finance-officer"):
        assert (await scenario.as_(stranger).post(f"/reviews/{document}", opinion)).status == 403
    assert (await scenario.as_("wy-finance-reviewer").examine(document)).taken
    other = scenario.as_("wy-water-officer")
    assert (await other.post(f"/publications/{document}", {"digest": digest})).status == 403
    assert (await officer.publish(document)).taken

    page = await officer.page(f"/documents/{document}")
    for done, by in (("拟稿《", "drafter"), ("保密审查意见：公开", "reviewer"), ("发布《", "officer")):
        assert f"示例{by}（示例县财政局" in page.row(done, within="经过")
    assert (await scenario.public.page(f"/documents/{document}")).title == "示例县财政收支"


@pytest.mark.clause("WY-B.3")
async def test_a_review_is_of_one_version_and_an_edit_voids_it(scenario: Scenario) -> None:
    """一事一议."""
    await scenario.on("2025-03-03")
    drafter, officer = scenario.as_("wy-finance-drafter"), scenario.as_("wy-finance-officer")
    reviewer = scenario.as_("wy-finance-reviewer")
    one = await drafter.reviewed_draft("示例县财政收支")
    other = (await drafter.draft("另一件的全文。", title="示例县采购目录"))["id"]
    assert (await officer.publish(other)).refused == "publication.no-review"  # one matter, one review

    edited = await drafter.draft("改过的全文。", document=one, title="示例县财政收支")
    assert edited.taken
    voided = await officer.publish(one)
    assert (voided.refused, voided.clause) == ("publication.review-of-other-version", "WY-B.3")
    page = await officer.page(f"/documents/{one}")
    assert "改稿后须重新审查" in page.row("五原制度第三条", within="发布")
    assert not page.has_form(f"/documents/{one}/publish")

    assert (await reviewer.examine(one)).taken
    retitled = await drafter.draft("改过的全文。", document=one, title="示例县财政收支（修订）")
    assert retitled.taken
    assert (await officer.publish(one)).refused == "publication.review-of-other-version"
    assert (await reviewer.examine(one)).taken
    assert (await officer.publish(one)).taken
    assert "改过的全文。" in await scenario.public.page(f"/documents/{one}")


@pytest.mark.clause("WY-B.9", "WY-B.3")
async def test_the_opinion_is_one_of_three_with_its_basis_and_reason(scenario: Scenario) -> None:
    """提出“公开”、“免予公开”、“需报审”等审查意见，并注明其依据和理由."""
    await scenario.on("2025-03-03")
    drafter, reviewer = scenario.as_("wy-finance-drafter"), scenario.as_("wy-finance-reviewer")
    for number, (opinion, words) in enumerate(
        {"disclose": "公开", "exempt": "免予公开", "refer": "需报审"}.items()
    ):
        document = (await drafter.draft(f"全文{number}。", title=f"示例县第{number}号文件"))["id"]
        page = await reviewer.page(f"/documents/{document}")
        action = f"/documents/{document}/review"
        assert list(page.fields(action)["opinion"].choices) == ["disclose", "exempt", "refer"]
        said = {"opinion": opinion, "basis": "条例第十九条", "reason": "按保密事项范围逐项核对"}
        for lacking, code in (("basis", "review.no-basis"), ("reason", "review.no-reason")):
            refused = await reviewer.send(action, said | {lacking: ""})
            assert (refused.refused, refused.clauses) == ([code], ["五原制度第九条"])
        assert "审查意见已记录" in await reviewer.send(action, said)
        page = await scenario.as_("wy-finance-officer").page(f"/documents/{document}")
        step = page.row(f"保密审查意见：{words}", within="经过")
        assert "按保密事项范围逐项核对" in step
        assert page.has_form(f"/documents/{document}/publish") == (opinion == "disclose")
        assert (await scenario.as_("wy-finance-officer").publish(document)).taken == (opinion == "disclose")
    guessed = await reviewer.examine(document, opinion="maybe")
    assert guessed.status == 422


@pytest.mark.clause("WY-B.8", missing="仍不能确定的，只到同级保密部门，没有逐级上报")
@pytest.mark.clause("GT-review")
async def test_who_is_unsure_refers_it_and_the_secrecy_body_decides(scenario: Scenario) -> None:
    """不能确定政府信息是否可以公开的，报有关主管部门或者保密行政管理部门确定."""
    await scenario.on("2025-03-03")
    document = (await scenario.as_("wy-finance-drafter").draft(title="示例县地理数据"))["id"]
    reviewer, secrecy = scenario.as_("wy-finance-reviewer"), scenario.as_("wy-secrecy-reviewer")
    assert (await secrecy.examine(document)).status == 403  # nobody has asked it yet
    assert (await reviewer.examine(document, opinion="refer", reason="不能确定")).taken
    officer = scenario.as_("wy-finance-officer")
    refused = await officer.publish(document)
    assert refused.refused == "publication.review-says-no"
    assert (await reviewer.examine(document)).refused == "review.referred"

    desk = await secrecy.page("/")
    page = await secrecy.page(next(iter(desk.links("示例县地理数据").values())))
    assert "需报审" in page.row("不能确定", within="经过")
    assert (await secrecy.examine(document, reason="不属于保密事项范围")).taken
    assert (await officer.publish(document)).taken
    page = await officer.page(f"/documents/{document}")
    assert "示例县保密局" in page.row("不属于保密事项范围", within="经过")
