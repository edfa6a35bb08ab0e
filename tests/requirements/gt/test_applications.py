"""政府信息公开条例第二十七条至第三十三条: whom anyone may ask, what an application says, when it is answered."""

import pytest

from tests.requirements.region import of_unit
from tests.requirements.scenario import Scenario


@pytest.mark.clause("GT-whom", "LS-12")
async def test_governments_departments_and_named_branch_offices_can_be_applied_to(scenario: Scenario) -> None:
    """可以向地方各级人民政府、对外以自己名义履行行政管理职能的县级以上人民政府部门（含派出机构、内设机构）申请."""
    await scenario.on("2025-03-03")
    registrar = scenario.as_("registrar")
    for short, name, more in (
        ("station", "样例区水务站", {"kind": "branch", "superior": "ls-water", "managed": "vertical"}),
        ("police", "样例区派出所", {"kind": "branch", "superior": "ls-law", "own_name": True}),
        ("town", "样例镇人民政府", {"kind": "township", "level": "township"}),
        ("townland", "样例镇国土所", {"kind": "department", "level": "township", "government": "ls-town"}),
    ):
        assert (await registrar.post("/units", of_unit("ls", short, name, **more))).taken
    form = await scenario.public.page("/apply")
    offered = form.fields("/apply/check")["unit"].choices
    assert {"ls", "ls-finance", "ls-town", "ls-police"} <= set(offered)
    assert not {"ls-station", "ls-townland"} & set(offered)
    assert "请向“样例区水务局”申请" in await scenario.public.page("/apply?unit=ls-station")
    refused = await scenario.as_("ls-station-officer").register()
    assert (refused.refused, refused.clause, refused.field) == (
        "application.not-addressee",
        "GT-whom",
        "/unit",
    )
    assert "样例区水务局" in refused.says
    for unit in ("ls", "ls-town", "ls-police"):
        receipt = await scenario.public.apply(unit)
        assert "正在办理" in (await scenario.public.follow(receipt)).title


@pytest.mark.clause("GT-whom")
async def test_no_purpose_is_asked(scenario: Scenario) -> None:
    """条例第二十七条（不再要求“根据自身生产、生活、科研等特殊需要”）."""
    await scenario.on("2025-03-03")
    form = await scenario.public.page("/apply")
    assert "无须说明用途" in form
    assert not [
        f.label for f in form.fields("/apply/check").values() if "用途" in f.label or "理由" in f.label
    ]
    receipt = await scenario.public.apply("sc-water")
    assert "正在办理" in (await scenario.public.follow(receipt)).title


@pytest.mark.clause("GT-apply")
async def test_an_application_says_who_asks_for_what_in_which_form_and_nothing_more(
    scenario: Scenario,
) -> None:
    """申请人的姓名或者名称、身份证明、联系方式；名称、文号或者其他特征性描述；形式要求，包括获取信息的方式、途径."""
    await scenario.on("2025-03-03")
    public = scenario.public
    form = await public.page("/apply")
    required = {name for name, each in form.fields("/apply/check").items() if each.required}
    assert required == {
        "unit", "request/description", "request/form", "request/delivery",
        "applicant/name", "applicant/id_kind", "applicant/id_number", "applicant/contact",
    }  # fmt: skip
    typed = {
        "unit": "sc-water", "request/description": "2024年采购合同", "request/form": "电子",
        "request/delivery": "网上查询", "applicant/name": "示例申请人", "applicant/id_kind": "身份证",
        "applicant/id_number": "000000", "applicant/contact": "示例电话", "applicant/address": "",
    }  # fmt: skip
    for field in sorted(required):
        wrong = await public.send("/apply/check", typed | {field: ""})
        assert wrong.status == 422, field
        assert len(wrong.refused) == 1, field
    checked = await public.send("/apply/check", typed)
    assert "示例电话" in checked
    receipt = await public.send("/apply/send")
    assert receipt.title == "申请已提交"


@pytest.mark.clause("GT-apply", "CX-17d")
async def test_who_cannot_write_applies_orally_and_the_clerk_fills_in_the_form(scenario: Scenario) -> None:
    """采用书面形式确有困难的，申请人可以口头提出，由受理机构代为填写."""
    await scenario.on("2025-03-03")
    officer = scenario.as_("cx-office-officer")
    oral = await officer.register(channel="oral")
    page = await officer.page(f"/applications/{oral['id']}")
    assert "口头申请（代填）" in page.state
    assert "2025年3月31日" in page.state
    for lacking in ("name", "id_number", "contact"):
        applicant = {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"} | {lacking: " "}
        refused = await officer.register(channel="oral", applicant=applicant)
        assert (refused.status, refused.field) == (422, f"/applicant/{lacking}")
    assert (await officer.register(request={"description": ""})).status == 422


@pytest.mark.clause("CX-17d", "CX-17c")
async def test_what_can_be_answered_at_once_is(scenario: Scenario) -> None:
    """能当面答复的当面答复；能立即作出答复的直接在网上答复，不能立即答复的进入办理程序."""
    await scenario.on("2025-03-03")
    officer, public = scenario.as_("cx-office-officer"), scenario.public
    visit = (await officer.register(channel="in-person"))["id"]
    online, other = await public.apply("cx-office"), await public.apply("cx-office", "另一件")
    desk = await officer.page("/")
    assert len(desk.rows("剩余20个工作日", within="待答复的申请")) == 3
    register = await officer.page("/applications")
    assert "当面申请" in register.row("当面申请")
    assert "网上申请" in register.row(online.receipt)
    at_once = register.row(online.receipt).links[online.receipt]
    for path in (f"/applications/{visit}", at_once):
        await officer.page(path)
        answered = await officer.answered(path, kind="disclosed", text="现予公开：见附表。")
        assert "2025年3月3日" in answered.panel("答复")
    assert "现予公开：见附表。" in await public.follow(online)
    waiting = await public.follow(other)
    assert "应于2025年3月31日前答复" in waiting.state
    assert [r.text for r in (await officer.page("/applications")).rows("网上申请")] != []


@pytest.mark.clause("CX-17b")
async def test_letters_and_faxes_are_registered_and_then_handled(scenario: Scenario) -> None:
    """凡收到申请的信函（包括传真件），均应登记，符合申请要求的，进入办理程序."""
    await scenario.on("2025-03-03")
    officer = scenario.as_("cx-office-officer")
    for channel, words in (("letter", "信函"), ("fax", "传真")):
        lacking = {"name": "示例申请人", "id_number": "000000", "contact": ""}
        assert (await officer.register(channel=channel, applicant=lacking)).status == 422
        received = await officer.register(channel=channel)
        row = (await officer.page("/applications")).row(received["receipt"])
        assert words in row
        assert "2025年3月31日" in row
        page = await officer.page(f"/applications/{received['id']}")
        assert "2024年防汛物资采购合同" in page.panel("申请内容")
        assert page.has_form(f"/applications/{received['id']}/answer")


@pytest.mark.clause("CX-17c")
async def test_an_online_application_is_seen_and_registered_at_once(scenario: Scenario) -> None:
    """经办人员登录后台网页，查看并进行登记."""
    await scenario.on("2025-03-03")
    receipt = await scenario.public.apply("cx-office", "2024年会议纪要")
    officer = scenario.as_("cx-office-officer")
    row = (await officer.page("/applications")).row(receipt.receipt)
    assert "网上申请" in row
    page = await officer.page(row.links[receipt.receipt])
    assert "2024年会议纪要" in page.panel("申请内容")
    assert "示例申请人" in page.panel("申请人")
    assert (await scenario.as_("cx-water-officer").page(row.links[receipt.receipt])).status == 403


@pytest.mark.clause("GT-received", missing="平常信函当日与申请人确认、网上和传真双方确认之日没有记录")
async def test_the_clock_starts_on_the_day_of_receipt_that_the_officer_enters(scenario: Scenario) -> None:
    """以邮寄方式提交的，以行政机关签收之日为收到申请之日；当面提交的，以提交之日."""
    await scenario.on("2025-03-10")
    officer = scenario.as_("sc-water-officer")
    signed_for = await officer.register(received_on="2025-03-03")
    page = await officer.page(f"/applications/{signed_for['id']}")
    assert "应于2025年3月31日前答复" in page.state
    assert "2025年3月3日" in (await officer.page("/applications")).row(signed_for["receipt"])
    today = await officer.register(channel="in-person")
    assert "应于2025年4月8日前答复" in (await officer.page(f"/applications/{today['id']}")).state
    later = await officer.register(received_on="2025-03-11")
    assert (later.refused, later.clause, later.field) == (
        "application.received-in-future",
        "GT-received",
        "/received_on",
    )


@pytest.mark.clause(
    "GT-answer", missing="经机构负责人同意并告知的延长；征求第三方和其他机关意见的时间不计算在内"
)
async def test_it_is_answered_within_twenty_working_days_and_lateness_shows_to_all(
    scenario: Scenario,
) -> None:
    """应当自收到申请之日起20个工作日内予以答复."""
    await scenario.on("2025-03-03")
    receipt = await scenario.public.apply("sc-water")
    officer = scenario.as_("sc-water-officer")
    path = (await officer.page("/applications")).row(receipt.receipt).links[receipt.receipt]
    await scenario.on("2025-03-31 23:59")
    in_time = await scenario.public.follow(receipt)
    assert "应于2025年3月31日前答复" in in_time.state
    assert "超期" not in in_time.state

    await scenario.on("2025-04-02")
    late = await scenario.public.follow(receipt)
    assert late.title == "答复已经超期"
    assert "超期2个工作日" in late.state
    assert "申请行政复议" in late.panel("救济途径")
    assert "超期2个工作日" in (await officer.page("/applications?tab=late")).row(receipt.receipt)
    await officer.page(path)
    await officer.answered(path, kind="disclosed", text="现予公开。")
    answered = await scenario.public.follow(receipt)
    assert "超期2个工作日" in answered.state
    assert "现予公开。" in answered.panel("答复")
    again = await officer.post(f"{path}/answer", {"kind": "disclosed", "text": "另一答复"})
    assert (again.refused, again.clause) == ("application.already-answered", "GT-answer")


@pytest.mark.clause("GT-default", missing="文稿不予公开的理由不要求是条例第十四条至第十六条之一")
@pytest.mark.clause("GT-partial", missing="可以公开的部分没有与告知书分开提供")
async def test_nothing_is_withheld_without_a_ground(scenario: Scenario) -> None:
    """以公开为常态、不公开为例外；对不予公开的内容说明理由."""
    await scenario.on("2025-03-03")
    officer = scenario.as_("sc-water-officer")
    path = f"/applications/{(await officer.register())['id']}"
    await officer.page(path)
    for kind in ("withheld", "partly-disclosed"):
        refused = await officer.send(f"{path}/answer", kind=kind, text="不予公开。")
        assert (refused.refused, refused.clauses) == (["application.no-ground"], ["条例第十三条"])
        guessed = {"kind": kind, "text": "不予公开。", "grounds": ["inconvenient"]}
        assert (await officer.post(f"{path}/answer", guessed)).refused == "application.unknown-ground"
    needless = {"kind": "disclosed", "text": "公开。", "grounds": ["14-state-secret"]}
    assert (await officer.post(f"{path}/answer", needless)).refused == "application.needless-ground"
    await officer.page(path)
    given = await officer.answered(
        path,
        kind="partly-disclosed",
        text="第三方信息予以区分，其余公开。",
        grounds="15-third-party",
    )
    assert "部分公开" in given.panel("答复")
