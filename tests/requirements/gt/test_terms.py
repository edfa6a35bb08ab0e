"""期限的计算和新旧条例的衔接 (GT-count, GT-since): counted by the law of the day, day by day, on page and command."""

import pytest

from tests.requirements.scenario import Scenario


@pytest.mark.clause("GT-since")
async def test_what_came_before_the_new_regulation_takes_the_old_ones_term(scenario: Scenario) -> None:
    """本条例自2019年5月15日起施行."""
    await scenario.on("2019-05-14")
    before = await scenario.public.apply("sc-water", "旧条例之下的申请")
    await scenario.on("2019-05-15")
    after = await scenario.public.apply("sc-water", "新条例之下的申请")
    assert "应于2019年6月4日前答复" in (await scenario.public.follow(before)).state  # 15 working days
    assert "应于2019年6月13日前答复" in (await scenario.public.follow(after)).state  # 20
    await scenario.on("2019-06-06")
    assert "超期2个工作日" in (await scenario.public.follow(before)).state
    assert "超期" not in (await scenario.public.follow(after)).state
    officer = scenario.as_("sc-water-officer")
    path = (await officer.page("/applications?tab=late")).row(before.receipt).links[before.receipt]
    await officer.page(path)
    await officer.answered(path, kind="disclosed", text="现予公开。")
    assert "超期2个工作日" in (await scenario.public.follow(before)).state  # by the law of its day


@pytest.mark.clause("GT-count")
async def test_the_first_day_does_not_count_and_a_last_day_off_moves_on(scenario: Scenario) -> None:
    """期间开始之日不计算在内；期间届满的最后一日是节假日的，以节假日后的第一日为届满之日."""
    await scenario.on("2025-03-03")

    async def due(where: str, rule: str, day: str) -> str:
        page = await scenario.public.page(f"/calendar?year=2025&where={where}&rule={rule}&day={day}")
        return page.panel("期限计算").text

    assert "2025年3月31日 周一" in await due("cn", "answer", "2025-03-03")
    assert "2025年10月15日" in await due(
        "cn", "answer", "2025-09-11"
    )  # 1 to 8 October off, 28 September and 11 October worked
    assert "2025年10月9日" in await due("sc", "terms.topic-raised", "2025-09-22")  # 10 days end on 2 October
    assert "2025年3月13日" in await due("sc", "terms.topic-raised", "2025-03-03")
    assert "2025年3月10日" in await due(
        "cn", "terms.reconsideration-reply-simple", "2025-03-03"
    )  # its days are working days
    assert "2025年5月6日" in await due(
        "cn", "terms.reconsideration", "2025-03-03"
    )  # 60 days end on 2 May: a holiday


@pytest.mark.clause("GT-count")
async def test_days_before_are_counted_back_and_never_extended(scenario: Scenario) -> None:
    """“提前若干日”倒推计算，不因节假日顺延."""
    await scenario.on("2025-03-03")
    page = await scenario.public.page("/calendar?year=2025&where=wy&rule=least.hearing-notice&day=2025-10-12")
    assert "2025年10月2日" in page.panel("期限计算")  # a holiday, and stays
    wrong = await scenario.public.page("/calendar?year=2025&where=wy&rule=least.hearing-notice&day=someday")
    assert "不能计算" in wrong


@pytest.mark.clause("GT-count")
async def test_past_the_last_notice_nothing_is_guessed(scenario: Scenario) -> None:
    """以国务院办公厅放假通知为准；通知未公布的年份不作推测."""
    await scenario.on("2026-12-28")
    receipt = await scenario.public.apply("sc-water")
    assert "尚余17个工作日，待2027年放假安排" in (await scenario.public.follow(receipt)).state
