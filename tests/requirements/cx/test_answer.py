"""CX-17e (第十七条(五)): 属主动公开范围的由信息中心答复；其余由承办科室提出意见，分管领导审批，经保密审查后，以相应的告知书
按申请人要求的形式答复."""

import pytest

from tests.requirements.page import Page
from tests.requirements.scenario import Scenario

WANTED = {
    "unit": "cx-water",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年供水合同"},
}
pytestmark = pytest.mark.clause(
    "CX-17e",
    missing="主动公开范围内的由信息中心直接答复、保密审查、各类告知书和申请人要求的送达方式：都还没有",
)


async def applied(scenario: Scenario) -> tuple[str, dict[str, str]]:
    """The page of an application, and what its applicant looks it up with."""
    await scenario.on("2025-03-03")
    received = await scenario.public.post("/applications", WANTED)
    return f"/applications/{received['id']}", {name: received[name] for name in ("receipt", "code")}


async def proposed(scenario: Scenario, path: str, text: str) -> Page:
    officer = scenario.as_("cx-water-officer")
    await officer.page(path)
    return await officer.send(f"{path}/answer", kind="disclosed", text=text)


async def test_an_answer_waits_for_the_deputy_and_goes_out_when_he_has_signed(scenario: Scenario) -> None:
    path, code = await applied(scenario)
    assert "答复已报请签发" in await proposed(scenario, path, "现予公开。")
    await scenario.on("2025-03-04")
    page = await scenario.as_("cx-water-officer").page(path)
    assert "待签发" in page.state
    assert "示例deputy" in page.state
    assert "自 2025年3月3日" in page.state  # who holds it, since when
    assert "楚雄制度" in page.panel("待签发的答复")
    assert (await scenario.public.post("/applications/progress", code))["state"] == "open"

    deputy = scenario.as_("cx-water-deputy")
    desk = await deputy.page("/")
    assert "剩余19个工作日" in desk.row("签发对申请的答复", within="待签发")  # the clock runs on
    read = await deputy.page(path)
    assert "现予公开。" in read.panel("待签发的答复")
    assert "已签发" in await deputy.send(f"{path}/sign-off", decision="give")
    told = await scenario.public.post("/applications/progress", code)
    assert (told["state"], told["answer"]["text"]) == ("answered", "现予公开。")
    assert told["answer"]["answered_on"] == "2025-03-04"


async def test_the_deputy_returns_it_with_an_opinion_that_the_officer_follows(scenario: Scenario) -> None:
    path, code = await applied(scenario)
    await proposed(scenario, path, "初稿。")
    deputy = scenario.as_("cx-water-deputy")
    await deputy.page(path)
    silent = await deputy.send(f"{path}/sign-off", decision="return", opinion="")
    assert silent.refused == ["signoff.no-opinion"]
    assert "已退回" in await deputy.send(f"{path}/sign-off", decision="return", opinion="请写明检索经过")

    officer = scenario.as_("cx-water-officer")
    returned = await officer.page(path)
    assert "请写明检索经过" in returned.panel("签批退回")
    assert returned.fields(f"{path}/answer")["text"].value == "初稿。"
    await officer.send(f"{path}/answer", text="二稿。")
    await deputy.page(path)
    await deputy.send(f"{path}/sign-off", decision="give")
    told = await scenario.public.post("/applications/progress", code)
    assert told["answer"]["text"] == "二稿。"


async def test_nobody_but_the_deputy_or_the_head_signs_and_nobody_his_own(scenario: Scenario) -> None:
    path, code = await applied(scenario)
    await proposed(scenario, path, "现予公开。")
    case = f"/sign-offs/application-{path.rpartition('/')[2]}"
    stands = await scenario.as_("cx-water-officer").get(case)
    word = {"subject": stands["subject"], "digest": stands["digest"], "decision": "give"}
    for other in ("cx-water-officer", "cx-water-drafter", "cx-finance-deputy", "cx-office-deputy"):
        refused = await scenario.as_(other).post(case, word)
        assert (refused.status, refused.refused, refused.clause) == (403, "rights.duty", "CX-17e"), other
    wrong = await scenario.as_("cx-water-deputy").post(case, word | {"digest": "0" * 64})
    assert (wrong.refused, wrong.clause) == ("signoff.other-subject", "CX-17e")
    assert (await scenario.public.post("/applications/progress", code))["state"] == "open"
    assert (await scenario.as_("cx-water-head").post(case, word)).taken  # who may do what his deputy may
    assert (await scenario.public.post("/applications/progress", code))["state"] == "answered"


async def test_silence_approves_nothing_and_what_is_withdrawn_stays_here(scenario: Scenario) -> None:
    path, code = await applied(scenario)
    await proposed(scenario, path, "初稿。")
    await scenario.on("2025-04-01")  # the twenty working days are over
    told = await scenario.public.post("/applications/progress", code)
    assert (told["state"], told["answer"]) == ("overdue", None)

    officer, deputy = scenario.as_("cx-water-officer"), scenario.as_("cx-water-deputy")
    await officer.page(path)
    assert "报签已撤回" in await officer.send(f"{path}/withdrawal")
    page = await deputy.page(path)
    assert not page.has_form(f"{path}/sign-off")
    assert "示例officer" in page.row("撤回报请签发的答复", within="经过")
    assert (await scenario.public.post("/applications/progress", code))["state"] == "overdue"
