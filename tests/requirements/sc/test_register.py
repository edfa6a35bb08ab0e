"""上城制度一.1至一.3, 附1第二条、第三条: who is responsible, who stands above, and who takes over."""

import pytest

from tests.requirements.region import of_unit
from tests.requirements.scenario import Scenario


@pytest.mark.clause("SC-1.1", missing="网站管理、新媒体管理部门登记在册，还没有各自的事项")
async def test_standing_roles_give_rights_and_every_unit_does_its_own_work(scenario: Scenario) -> None:
    """区政府办公室负责组织落实、推进、指导、协调……各单位负责本单位需要公开信息的采集、编辑、审核、发布."""
    await scenario.on("2025-03-03")
    register = await scenario.as_("sc-water-officer").page("/register?q=示例区")
    for unit, role in (
        ("示例区人民政府办公室", "政务公开主管部门"),
        ("示例区保密局", "保密指导部门"),
        ("示例区司法局", "监督部门"),
        ("示例区新闻办公室", "新媒体管理部门"),
    ):
        assert role in register.row(unit)
    document = await scenario.as_("sc-finance-drafter").reviewed_draft("示例区财政收支")
    for overseer in ("sc-office-officer", "sc-secrecy-officer", "sc-law-officer"):
        assert (await scenario.as_(overseer).page(f"/documents/{document}")).status == 200
        assert (await scenario.as_(overseer).publish(document)).status == 403
    for other in ("sc-water-officer", "sc-news-officer", "cx-office-officer"):
        assert (await scenario.as_(other).page(f"/documents/{document}")).status == 403
    assert (await scenario.as_("sc-finance-officer").publish(document)).taken


@pytest.mark.clause("SC-1.2")
async def test_a_unit_stands_in_two_lines_and_the_common_superior_is_found_over_both(
    scenario: Scenario,
) -> None:
    """垂直领导的部门在上级主管部门领导和区政府指导下；双重领导的部门在区政府领导下，接受上级主管部门指导."""
    await scenario.on("2025-03-03")
    registrar = scenario.as_("registrar")
    city = of_unit("sc", "citytax", "示例市税务局", government=None, level="city")
    tax = of_unit("sc", "tax", "示例区税务局", superior="sc-citytax", managed="vertical")
    customs = of_unit("sc", "levy", "示例区征收局", superior="sc-citytax", managed="dual")
    orphan = await registrar.post("/units", tax | {"superior": None})
    assert (orphan.refused, orphan.clause) == ("unit.no-superior", "SC-1.2")
    assert (await registrar.post("/units", tax | {"superior": "sc-tax"})).refused == "unit.own-superior"
    for entry in (city, tax, customs):
        assert (await registrar.post("/units", entry)).taken

    head = scenario.as_("sc-tax-head")
    vertical, dual = await head.page("/register/sc-tax"), await head.page("/register/sc-levy")
    assert vertical.fact("领导") == "示例市税务局"
    assert vertical.fact("指导").startswith("示例区人民政府")
    assert dual.fact("领导") == "示例区人民政府"
    assert dual.fact("指导").startswith("示例市税务局")
    both = await head.page("/register/sc-tax?beside=sc-levy")
    assert "示例市税务局" in both.panel("共同的上一级").links
    local = await head.page("/register/sc-tax?beside=sc-water")
    assert "示例区人民政府" in local.panel("共同的上一级").links
    none = await head.page("/register/sc-tax?beside=cx-water")
    assert "没有两个单位共同的上一级" in none.panel("共同的上一级")


@pytest.mark.clause("SC-1.3")
async def test_every_unit_names_its_head_deputy_and_section_or_the_gap_is_shown(scenario: Scenario) -> None:
    """行政一把手负总责、分管领导直接抓、职能科室具体办，具体工作由办公室牵头负责."""
    await scenario.on("2025-03-03")
    officer = scenario.as_("sc-water-officer")
    page = await officer.page("/register/sc-water")
    assert "登记齐全" in page.state
    assert "主要负责人" in page.row("sc-water-head")
    assert "分管负责人" in page.row("sc-water-deputy")
    assert page.fact("承办科室") == "办公室"

    entry = of_unit("sc", "water", "示例区水务局")
    leading = ("head", "deputy")
    rest = [o for o in entry["officers"] if not set(o["duties"]) & set(leading)]
    assert (await scenario.as_("registrar").post("/units", entry | {"officers": rest, "section": None})).taken
    page = await officer.page("/register/sc-water")
    assert "缺项3处" in page.state
    for gap in ("没有登记主要负责人", "没有登记分管负责人", "没有登记承办科室"):
        assert "上城制度一.3" in page.row(gap, within="缺项")
    assert "3项" in (await officer.page("/register?q=示例区水务局")).row("sc-water")


@pytest.mark.clause("SC-1.3")
async def test_a_disagreement_is_signed_by_the_units_own_deputy(scenario: Scenario) -> None:
    """分管领导直接抓；三.3: 应当由所涉及单位的分管领导签署书面意见."""
    await scenario.on("2025-03-03")
    need = {"unit": "sc-water", "kind": "affects", "matters": "水价", "opinion": "拟公开"}
    document = (await scenario.as_("sc-finance-drafter").draft(consult=[need]))["id"]
    water = scenario.as_("sc-water-officer")
    answer = (await water.page(f"/documents/{document}")).action("consultations")
    consultation = answer.rpartition("/")[2]
    body = {"agrees": False, "reason": "水价尚未审定"}
    for nobody in (None, "sc-water-officer", "sc-water-head", "sc-finance-deputy"):
        refused = await water.post(f"/consultations/{consultation}/answer", body | {"signed_by": nobody})
        assert (refused.refused, refused.field) == ("consultation.not-signed", "/signed_by")
    own = await water.post(f"/consultations/{consultation}/answer", body | {"signed_by": "sc-water-deputy"})
    assert own.taken


@pytest.mark.clause("SC-A1.2")
async def test_each_units_office_is_its_disclosure_body_with_a_named_officer(scenario: Scenario) -> None:
    """办公室作为本单位政务公开工作的主管部门，应指定专人负责本单位政务公开的日常工作."""
    await scenario.on("2025-03-03")
    officer, registrar = scenario.as_("sc-water-officer"), scenario.as_("registrar")
    page = await officer.page("/register/sc-water")
    assert page.fact("名称") == "示例区水务局办公室"
    assert "政务公开工作机构专人" in page.row("sc-water-officer")
    entry = of_unit("sc", "water", "示例区水务局")
    for wrong in ("sc-water-drafter", "sc-finance-officer"):
        refused = await registrar.post("/units", entry | {"body": entry["body"] | {"officer": wrong}})
        assert (refused.refused, refused.clause) == ("unit.body-officer", "SC-A1.2")
    for body, gap in (
        (entry["body"] | {"officer": None}, "政务公开工作机构没有指定专人"),
        (None, "没有登记政务公开工作机构"),
    ):
        assert (await registrar.post("/units", entry | {"body": body})).taken
        page = await officer.page("/register/sc-water")
        assert "上城制度附1第二条" in page.row(gap, within="缺项")


@pytest.mark.clause("SC-A1.3", missing="没有记录信息是本机关制作的，还是从公民、法人获取的")
@pytest.mark.clause("LS-4", missing="没有记录信息是本机关制作的，还是从公民、法人获取的")
async def test_a_successor_owes_what_an_ended_unit_owed_and_history_stays(scenario: Scenario) -> None:
    """被撤销、发生变更的，由承接其职责的行政机关负责公开；不再由其他行政机关承接的，由决定撤销的行政机关负责."""
    await scenario.on("2025-03-03")
    registrar, public = scenario.as_("registrar"), scenario.public
    document = await scenario.as_("sc-water-drafter").reviewed_draft("示例区供水公告")
    assert (await scenario.as_("sc-water-officer").publish(document)).taken
    foreign = await scenario.as_("sc-finance-drafter").draft("另一稿。", document=document)
    assert (foreign.refused, foreign.clause) == ("document.other-unit", "GT-owner")
    nobody = {"kind": "abolished", "on": "2025-04-01", "successors": []}
    assert (await registrar.post("/units/sc-water/ending", nobody)).refused == "unit.no-owner"
    merged = {"kind": "merged", "on": "2025-04-01", "successors": [{"unit": "sc-finance"}]}
    assert (await registrar.post("/units/sc-water/ending", merged)).taken

    await scenario.on("2025-04-01")
    page = await scenario.as_("sc-finance-officer").page("/register/sc-water")
    assert "责任单位 示例区财政局" in page.state
    theirs = await scenario.as_("sc-finance-drafter").draft("新的一件。", unit="sc-water")
    assert (theirs.refused, theirs.clause) == ("unit.ended", "SC-A1.3")
    assert "示例区财政局" in theirs.says
    assert (await scenario.as_("sc-water-officer").get(f"/documents/{document}/text")).status == 403
    goes_on = await scenario.as_("sc-finance-drafter").draft("修订后的全文。", document=document)
    assert goes_on.taken
    assert (await public.page(f"/documents/{document}")).fact("发文机关") == "示例区水务局"
    assert "请向“示例区财政局”申请" in await public.page("/apply?unit=sc-water")

    decided = {"kind": "abolished", "on": "2025-04-01", "successors": [], "decided_by": "sc"}
    assert (await registrar.post("/units/sc-water/ending", decided)).taken
    page = await scenario.as_("sc-finance-officer").page("/register/sc-water")
    assert "责任单位 示例区人民政府" in page.state
    before = await scenario.as_("sc-finance-officer").page("/register/sc-water?on=2025-03-31")
    assert "责任单位" not in before.state
