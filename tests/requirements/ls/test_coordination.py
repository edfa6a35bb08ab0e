"""烈山区人民政府政务公开发布协调制度第二、六、十、十六条."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.requirements.region import of_unit
from tests.requirements.scenario import Scenario


@pytest.mark.clause("LS-2")
async def test_information_of_every_form_is_stored_and_published(scenario: Scenario) -> None:
    """政府信息应包括文字、图片、图表、音像、电子文稿等."""
    await scenario.on("2025-03-03")
    drafter, officer = scenario.as_("ls-finance-drafter"), scenario.as_("ls-finance-officer")
    for words, media_type, content in (
        ("文字", "text/plain", "全文。".encode()),
        ("图片", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
        ("图表", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook()),
        ("音频", "audio/mpeg", b"ID3" + b"\0" * 64),
        ("视频", "video/mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 64),
        ("电子文稿", "application/pdf", b"%PDF-1.7\n" + b"\0" * 64),
    ):
        digest = await drafter.upload(content, media_type)
        document = await drafter.reviewed_draft(f"示例{words}", digest=digest)
        assert (await officer.publish(document)).taken
        page = await scenario.public.page(f"/documents/{document}")
        assert page.title == f"示例{words}"
        assert words == "文字" or words in page
        held = await scenario.public.page(page.links("下载")[next(iter(page.links("下载")))])
        assert (held.status, held.content) == (200, content)
        assert held.headers["content-type"].partition(";")[0] == media_type


@pytest.mark.clause("LS-6")
async def test_each_unit_concerned_confirms_before_it_is_disclosed(scenario: Scenario) -> None:
    """任何一个行政机关公开该政府信息前，都应当与所涉及的其他行政机关进行沟通、确认."""
    await scenario.on("2025-03-03")
    asked = [
        {"unit": unit, "kind": "affects", "matters": "数据口径", "opinion": "拟公开"}
        for unit in ("ls-water", "ls-law")
    ]
    document = await scenario.as_("ls-finance-drafter").reviewed_draft("样例区防汛资金", consult=asked)
    officer = scenario.as_("ls-finance-officer")
    open_ = await officer.publish(document)
    assert (open_.refused, open_.clause) == ("publication.consultation-open", "LS-6")
    await scenario.on("2025-06-03")  # silence confirms nothing
    assert (await officer.publish(document)).refused == "publication.consultation-open"
    for unit, name in (("ls-water", "样例区水务局"), ("ls-law", "样例区司法局")):
        page = await officer.page(f"/documents/{document}")
        assert name in page.row("烈山制度第六条", within="发布")
        person = scenario.as_(f"{unit}-officer")
        letter = await person.page(f"/documents/{document}")
        assert "答复已送达" in await person.send(letter.action("consultations"), agrees="yes")
        assert (await officer.publish(document)).taken == (unit == "ls-law")
    assert (await scenario.public.page(f"/documents/{document}")).title == "样例区防汛资金"


@pytest.mark.clause("LS-6")
async def test_what_was_confirmed_is_what_goes_out(scenario: Scenario) -> None:
    """保证公开的政府信息准确一致."""
    await scenario.on("2025-03-03")
    asked = [{"unit": "ls-water", "kind": "affects", "matters": "数据口径", "opinion": "拟公开"}]
    drafter, officer = scenario.as_("ls-finance-drafter"), scenario.as_("ls-finance-officer")
    document = await drafter.reviewed_draft("样例区防汛资金", consult=asked)
    water = scenario.as_("ls-water-officer")
    letter = await water.page(f"/documents/{document}")
    await water.send(letter.action("consultations"), agrees="yes")
    assert (await drafter.draft("改过的数字。", document=document, consult=asked)).taken
    assert (await scenario.as_("ls-finance-reviewer").examine(document)).taken
    assert (await officer.publish(document)).refused == "publication.consultation-open"
    again = await water.page(f"/documents/{document}")
    await water.send(again.action("consultations"), agrees="yes")
    assert (await officer.publish(document)).taken
    assert "改过的数字。" in await scenario.public.page(f"/documents/{document}")


@pytest.mark.clause("LS-10a", missing="没有保密审查表可以填写和打印，理由不要求写明法定条文")
async def test_the_attribute_is_one_of_four_and_two_need_their_reason(scenario: Scenario) -> None:
    """确认政府信息公开属性（包括：主动公开、部分公开、依申请公开、不予公开），依申请公开、不予公开的均应说明法定理由."""
    await scenario.on("2025-03-03")
    drafter = scenario.as_("ls-finance-drafter")
    form = await drafter.page("/documents/new")
    offered = form.fields("/documents")["attribute"].choices
    assert list(offered) == ["proactive", "on-application", "partial", "withheld"]
    for attribute in offered:
        made = await drafter.draft(f"{attribute}。", attribute=attribute)
        needs_reason = attribute in ("on-application", "withheld")
        assert made.taken != needs_reason
        assert made.clause == ("LS-10a" if needs_reason else None)
    assert (await drafter.draft(attribute="after-redaction", reason="删减")).clause == "LS-10a"


@pytest.mark.clause("LS-10b", missing="发布的审批、登记和备案")
async def test_what_was_not_reviewed_is_not_disclosed(scenario: Scenario) -> None:
    """未经政府信息保密审查的政府信息不得公开."""
    await scenario.on("2025-03-03")
    document = (await scenario.as_("ls-finance-drafter").draft())["id"]
    refused = await scenario.as_("ls-finance-officer").publish(document)
    assert (refused.refused, refused.clause) == ("publication.no-review", "LS-10a")
    assert (await scenario.public.page(f"/documents/{document}")).status == 404


@pytest.mark.clause("LS-16")
async def test_a_public_institution_discloses_under_the_same_rules(scenario: Scenario) -> None:
    """公共企事业单位在提供社会公共服务过程中的信息发布协调，参照本制度执行."""
    await scenario.on("2025-03-03")
    school = of_unit("ls", "school", "样例区第一小学", kind="institution", superior="ls-finance")
    assert (await scenario.as_("registrar").post("/units", school)).taken
    drafter, officer = scenario.as_("ls-school-drafter"), scenario.as_("ls-school-officer")
    assert (await drafter.draft(attribute="withheld")).clause == "LS-10a"
    asked = [{"unit": "ls-water", "kind": "affects", "matters": "停水时间", "opinion": "拟公开"}]
    document = await drafter.reviewed_draft("校园停水安排", consult=asked)
    assert (await officer.publish(document)).clause == "LS-6"
    water = scenario.as_("ls-water-officer")
    letter = await water.page(f"/documents/{document}")
    await water.send(letter.action("consultations"), agrees="yes")
    assert (await officer.publish(document)).taken
    assert (await scenario.public.page(f"/documents/{document}")).fact("发文机关") == "样例区第一小学"


def workbook() -> bytes:
    """The smallest that opens as one."""
    held = BytesIO()
    with ZipFile(held, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()
