"""政府信息公开条例第三、四、十二、十七、五十四、五十五条: guide and catalogue, authority, body, review, whom it binds."""

import pytest

from tests.requirements.region import of_unit
from tests.requirements.scenario import Scenario


@pytest.mark.clause("GT-guide", missing="公开工作机构的传真号码和互联网联系方式")
async def test_the_guide_says_how_information_is_arranged_got_and_asked_for(scenario: Scenario) -> None:
    """分类、编排体系、获取方式和机构的名称、办公地址、办公时间、联系电话、传真号码、互联网联系方式."""
    await scenario.on("2025-03-03")
    guide = await scenario.public.page("/guide")
    for said in ("公文类", "非公文类", "唯一的索引号", "按机关、年份、类别筛选", "查阅点"):
        assert said in guide
    row = guide.row("示例区水务局")
    for said in ("示例区水务局办公室", "示例区水务局1号楼101室", "工作日9:00-12:00", "0000-1234567"):
        assert said in row


@pytest.mark.clause("GT-guide")
async def test_the_catalogue_has_index_title_summary_and_date(scenario: Scenario) -> None:
    """政府信息公开目录包括政府信息的索引、名称、内容概述、生成日期."""
    await scenario.on("2025-03-03")
    drafter, officer = scenario.as_("sc-water-drafter"), scenario.as_("sc-water-officer")
    indexes = set()
    for title in ("示例区供水公告", "示例区节水公告"):
        document = await drafter.reviewed_draft(title, text=title, summary=f"{title}的概述")
        assert (await officer.publish(document)).taken
        entry = (await scenario.public.page("/documents")).row(title)
        assert f"{title}的概述" in entry
        page = await scenario.public.page(entry.links[title])
        assert (page.fact("内容概述"), page.fact("成文日期")) == (f"{title}的概述", "2025年3月3日")
        indexes.add(page.fact("索引号"))
    assert len(indexes) == 2


@pytest.mark.clause("GT-review")
async def test_every_release_is_reviewed_with_who_did_it_on_record(scenario: Scenario) -> None:
    """建立健全政府信息公开审查机制，明确审查的程序和责任."""
    await scenario.on("2025-03-03")
    place = "hz"  # its rulebook adds nothing to the Regulation here but the attribute
    drafter, officer = scenario.as_(f"{place}-water-drafter"), scenario.as_(f"{place}-water-officer")
    document = (await drafter.draft(title="样例市供水公告"))["id"]
    assert (await officer.publish(document)).refused == "publication.no-review"
    own = await scenario.as_(f"{place}-water-officer").examine(document)
    assert own.status == 403
    assert (await scenario.as_(f"{place}-water-reviewer").examine(document)).taken
    assert (await officer.publish(document)).taken
    step = (await officer.page(f"/documents/{document}")).row("保密审查意见：公开", within="经过")
    assert "示例reviewer（样例市水务局 保密审查人）" in step
    evidence = await scenario.as_("hz-office-officer").page(next(iter(step.links.values())))
    assert "hz-water-reviewer" in evidence


@pytest.mark.clause("GT-scope", missing="对公共企事业单位的申诉和处理结果")
async def test_authorised_bodies_are_bound_and_institutions_go_by_their_sector(scenario: Scenario) -> None:
    """法律、法规授权的组织适用本条例；公共企事业单位依照有关主管部门的规定执行."""
    await scenario.on("2025-03-03")
    registrar = scenario.as_("registrar")
    fund = of_unit("sc", "fund", "示例区社保经办机构", kind="authorised")
    bus = of_unit("sc", "bus", "示例区公交公司", kind="institution", superior="sc-water")
    for entry in (fund, bus):
        assert (await registrar.post("/units", entry)).taken
    guide = await scenario.public.page("/guide")
    assert "按行业规定" in guide.row("示例区公交公司")
    offered = (await scenario.public.page("/apply")).fields("/apply/check")["unit"].choices
    assert "sc-fund" in offered
    assert "sc-bus" not in offered
    refused = await scenario.as_("sc-bus-officer").register()
    assert (refused.refused, refused.clause) == ("application.institution", "GT-scope")
    assert "示例区水务局" in refused.says
    assert (await scenario.as_("sc-fund-officer").register()).taken


@pytest.mark.clause("GT-authority", missing="实行垂直领导的系统，其办公厅（室）主管本系统的公开工作")
async def test_the_governments_office_is_the_authority_and_a_missing_one_is_a_gap(scenario: Scenario) -> None:
    """县级以上地方人民政府办公厅（室）是本行政区域的政府信息公开工作主管部门."""
    await scenario.on("2025-03-03")
    document = (await scenario.as_("hz-water-drafter").draft(title="样例市供水公告"))["id"]
    assert (await scenario.as_("hz-office-officer").page(f"/documents/{document}")).status == 200
    assert (await scenario.as_("sc-office-officer").page(f"/documents/{document}")).status == 403
    office = of_unit("hz", "office", "样例市人民政府办公室", level="city", roles=["portal"])
    assert (await scenario.as_("registrar").post("/units", office)).taken
    page = await scenario.as_("hz-head").page("/register/hz")
    assert "本级没有登记政务公开主管部门" in page.panel("缺项")
