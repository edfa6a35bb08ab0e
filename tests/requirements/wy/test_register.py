"""五原县政府信息主动公开工作制度一至四, 政策解读制度第十一条: bodies, what they do, and how they are reached."""

import pytest

from tests.requirements.region import of_unit
from tests.requirements.scenario import Scenario


@pytest.mark.clause("WY-A.1")
async def test_the_working_group_oversees_every_unit_of_its_county(scenario: Scenario) -> None:
    """专项工作组负责统筹规划、协调处理全县政务公开工作；办公室具体负责部署推进、监督检查."""
    await scenario.on("2025-03-03")
    document = (await scenario.as_("wy-finance-drafter").draft(title="示例县财政收支"))["id"]
    elsewhere = (await scenario.as_("cx-finance-drafter").draft(title="示例市财政收支"))["id"]
    received = await scenario.as_("wy-finance-officer").register()
    group, stranger = scenario.as_("wy-group-officer"), scenario.as_("wy-water-officer")
    assert "专项工作组及其办公室" in (await group.page("/register/wy-group")).state
    for path in (f"/documents/{document}", f"/applications/{received['id']}"):
        assert (await group.page(path)).status == 200
        assert (await stranger.page(path)).status == 403
    assert (await group.page(f"/documents/{elsewhere}")).status == 403
    assert (await group.get(f"/documents/{document}/text")).taken
    assert (await group.get(f"/publications/{document}/gate")).taken
    await scenario.on("2025-04-02")
    board = await group.page("/dashboard")
    assert "示例县财政局" in board
    assert "示例县财政局" in await group.page("/applications?tab=late")
    assert (await group.publish(document)).status == 403  # it inspects, and does no unit's work


@pytest.mark.clause("WY-A.1")
async def test_in_every_unit_its_office_leads_disclosure(scenario: Scenario) -> None:
    """各单位办公室负责会同本单位相关机构推进、指导、协调、监督本单位的政务公开工作."""
    await scenario.on("2025-03-03")
    head = scenario.as_("wy-water-head")
    page = await head.page("/register/wy-water")
    assert page.fact("承办科室") == "办公室"
    assert "示例县水务局办公室" in page.panel("政务公开工作机构")
    without = of_unit("wy", "water", "示例县水务局") | {"section": None, "body": None}
    assert (await scenario.as_("registrar").post("/units", without)).taken
    page = await head.page("/register/wy-water")
    assert "没有登记承办科室" in page.panel("缺项")
    assert "没有登记政务公开工作机构" in page.panel("缺项")


@pytest.mark.clause("WY-A.3", missing="年度计划和年度报告不能编制")
async def test_the_disclosure_body_has_five_duties_on_record(scenario: Scenario) -> None:
    """指定机构负责本机关政务公开的日常工作。其具体职责包括……."""
    await scenario.on("2025-03-03")
    page = await scenario.as_("wy-water-officer").page("/register/wy-water")
    body = page.panel("政务公开工作机构")
    for duty in (
        "办理主动公开，维护更新信息",
        "接收和处理申请",
        "保密审查",
        "编制指南、目录、年度计划和年度报告",
        "法律、法规、规章规定的其他职责",
    ):
        assert duty in body
    assert "五原制度三" in body


@pytest.mark.clause("WY-A.4")
async def test_the_public_finds_the_bodys_name_address_hours_and_telephone(scenario: Scenario) -> None:
    """本机关政务公开工作机构的名称、办公地址、办公时间、联系电话向社会公开."""
    await scenario.on("2025-03-03")
    shown = (await scenario.public.page("/guide")).row("示例县水务局", within="")
    for said in (
        "示例县水务局办公室",
        "示例县水务局1号楼101室",
        "工作日9:00-12:00，14:00-17:00",
        "0000-1234567",
    ):
        assert said in shown
    moved = of_unit("wy", "water", "示例县水务局")
    moved["body"] |= {"address": "示例路2号", "hours": "工作日8:30-17:30", "phone": "0000-7654321"}
    assert (await scenario.as_("registrar").post("/units", moved)).taken
    shown = (await scenario.public.page("/guide")).row("示例县水务局")
    for said in ("示例路2号", "工作日8:30-17:30", "0000-7654321"):
        assert said in shown
    assert "0000-1234567" not in shown


@pytest.mark.clause("WY-A.8", missing="指南是全平台一份，各机关没有自己的指南")
async def test_guide_and_catalogue_are_published_from_what_there_is(scenario: Scenario) -> None:
    """依法编制、公布本机关的政府信息公开指南、政府信息目录."""
    await scenario.on("2025-03-03")
    assert "尚无" in (await scenario.public.page("/guide")).row("示例县财政局")
    document = await scenario.as_("wy-finance-drafter").reviewed_draft("示例县财政收支", summary="全年收支")
    assert (await scenario.as_("wy-finance-officer").publish(document)).taken
    guide = await scenario.public.page("/guide")
    row = guide.row("示例县财政局")
    assert "1件" in row
    catalogue = await scenario.public.page(row.links["1件"])
    entry = catalogue.row("示例县财政收支", within="")
    assert "示例县财政局" in entry
    assert "全年收支" in entry
    assert "索引号" in entry


@pytest.mark.clause("WY-H.11")
async def test_a_unit_that_its_superior_manages_follows_the_superiors_rules(scenario: Scenario) -> None:
    """垂挂部门政府信息公开工作由其上级主管部门负责管理的，从其上级规定."""
    await scenario.on("2025-03-03")
    registrar = scenario.as_("registrar")
    tax = of_unit("wy", "tax", "示例县税务局", superior="cx-finance", managed="vertical")
    assert (await registrar.post("/units", tax)).taken
    page = await scenario.as_("wy-tax-head").page("/register/wy-tax")
    assert page.fact("适用规则") == "cx 五原制度第十一条"
    local, managed = scenario.as_("wy-finance-drafter"), scenario.as_("wy-tax-drafter")
    form = await managed.page("/documents/new")
    assert "after-redaction" in form.fields("/documents")["attribute"].choices
    redacted = {"attribute": "after-redaction", "reason": "删去个人信息"}
    assert (await local.draft(**redacted)).clause == "WY-B.5"
    assert (await managed.draft(**redacted)).taken
    assert (await managed.draft(attribute="after-redaction")).clause == "CX-6"

    ours = tax | {"managed": "local"}
    assert (await registrar.post("/units", ours)).taken
    assert (await managed.draft("另一稿。", **redacted)).clause == "WY-B.5"
    assert (await registrar.post("/units", tax | {"superior": None})).refused == "unit.no-superior"
