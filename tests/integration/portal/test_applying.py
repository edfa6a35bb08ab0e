"""The portal's forms over all services, without JavaScript: ask, and follow what was asked."""

import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from tests.integration.answering import answered, propose
from tests.integration.portal.conftest import APPLICATION, hidden, words
from tests.integration.running_services import Services, unit


@pytest.mark.clause("GT-apply", "GT-answer", "GT-whom")
async def test_an_application_is_checked_sent_followed_and_answered(district: Services) -> None:
    portal = district.clients["portal"]
    form = await portal.get("/apply", params={"unit": "water"})
    assert 'value="water" selected' in form.text
    assert 'value="bus"' not in form.text
    wrong = await portal.post("/apply/check", data=hidden(form) | APPLICATION | {"applicant/contact": ""})
    assert wrong.status_code == 422
    assert "请填写联系方式" in wrong.text
    assert 'value="示例申请人"' in wrong.text
    assert "2024年防汛物资&lt;采购&gt;合同</textarea>" in wrong.text
    assert re.search(r'name="applicant/contact"[^>]*autofocus', wrong.text)

    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    assert check.status_code == 200
    back = await portal.post("/apply", data=hidden(check))
    assert "示例电话" in back.text
    sent = await portal.post("/apply/send", data=hidden(check))
    receipt, code = re.findall(r'<dd class="code">([^<]+)</dd>', sent.text)
    again = await portal.post("/apply/send", data=hidden(check))
    assert receipt in again.text
    assert await _applications(district) == 1
    assert sent.headers["cache-control"] == "no-store"

    async def look(code: str, receipt: str = receipt) -> httpx.Response:
        page = await portal.get("/progress")
        answer = await portal.post("/progress", data=hidden(page) | {"receipt": receipt, "code": code})
        assert answer.url.query == b""
        return answer

    await district.settled()
    follow = await look(code)
    assert "您的申请正在办理" in words(follow)
    assert "2025年3月31日" in words(follow)
    assert "条例第三十三条" in words(follow)
    unknown, guess = await look("0000000000", "20250303-00000000"), await look("0000000000")
    assert unknown.status_code == guess.status_code == 422
    assert re.sub(r'value="[^"]*"', "", unknown.text) == re.sub(r'value="[^"]*"', "", guess.text)

    await district.set_clock(datetime(2025, 4, 2, 1, tzinfo=UTC))
    late = words(await look(code))
    assert "超期2个工作日" in late
    assert "不服逾期不答复的，应当自知道之日起60日内先申请行政复议" in late
    application = await _application(district)
    await propose(district, application, "water-officer", text="示例申请人：\n现予公开。")
    under_signature = words(await look(code))
    assert "超期2个工作日" in under_signature
    assert "您的申请已经答复" not in under_signature
    assert "现予公开。" not in under_signature
    await answered(district, application, "water", text="示例申请人：\n现予公开。")
    told = words(await look(code))
    assert "您的申请已经答复" in told
    assert "现予公开。" in told
    assert "超期2个工作日" in told
    assert "可以自知道之日起60日内申请行政复议，也可以自知道之日起6个月内直接向人民法院起诉" in told


async def test_guessing_codes_ends_after_five_and_says_when_to_come_back(counter: Services) -> None:
    portal = counter.clients["portal"]
    page = await portal.get("/progress")
    data = hidden(page) | {"receipt": "20250303-00000000", "code": "x"}
    codes = [(await portal.post("/progress", data=data)).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    last = await portal.post("/progress", data=data)
    assert int(last.headers["retry-after"]) > 200


async def test_a_form_from_elsewhere_is_not_taken_and_nothing_typed_is_lost(counter: Services) -> None:
    portal = counter.clients["portal"]
    await portal.get("/apply")
    stolen = await portal.post("/apply/send", data=APPLICATION | {"csrf": "x" * 43, "key": str(uuid4())})
    assert stolen.status_code == 403
    assert 'value="示例申请人"' in stolen.text
    assert await _applications(counter) == 0
    assert (await portal.post("/progress", data={"receipt": "a", "code": "b"})).status_code == 403


async def test_intake_away_keeps_what_was_typed(counter: Services) -> None:
    portal = counter.clients["portal"]
    form = await portal.get("/apply")
    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    deps = portal._transport.app.state.page_dependencies  # type: ignore[attr-defined]  # the transport of this test
    deps.intake.url = "http://127.0.0.1:1"
    deps.intake.http = httpx.AsyncClient()
    sent = await portal.post("/apply/send", data=hidden(check))
    assert sent.status_code == 503
    assert "没有提交，也没有丢失" in sent.text
    assert 'value="示例申请人"' in sent.text
    page = await portal.get("/progress")
    follow = await portal.post("/progress", data=hidden(page) | {"receipt": "r", "code": "c"})
    assert follow.status_code == 503
    assert (await portal.get("/guide")).status_code == 200
    await deps.intake.http.aclose()


async def test_nothing_of_a_person_is_in_a_log_or_an_address(
    counter: Services, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    portal = counter.clients["portal"]
    caplog.set_level("WARNING")
    form = await portal.get("/apply")
    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    sent = await portal.post("/apply/send", data=hidden(check))
    receipt, code = re.findall(r'<dd class="code">([^<]+)</dd>', sent.text)
    page = await portal.get("/progress")
    await portal.post("/progress", data=hidden(page) | {"receipt": receipt, "code": code})
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    for secret in ("示例申请人", "示例电话", "防汛物资", code):
        assert secret not in logged
    assert all(response.url.query == b"" for response in (check, sent))


@pytest.mark.clause("GT-whom", "GT-scope", "LS-12", "SC-A1.3")
async def test_whom_to_apply_to_is_what_the_register_says(counter: Services) -> None:
    intake, portal = counter, counter.clients["portal"]
    for entry in (
        unit("grain", superior="water", body={"name": "粮食局办公室", "phone": "0000-0000000"}),
        unit("branch", superior="water", kind="branch"),
        unit("bus", kind="institution"),
    ):
        assert (await intake.say("intake", "/units", "registrar", entry)).status_code == 201
    ending = {"kind": "merged", "on": "2025-03-03", "successors": [{"unit": "water"}]}
    assert (await intake.say("intake", "/units/grain/ending", "registrar", ending)).status_code == 201
    guide = await portal.get("/guide")
    assert "示例grain局 自2025年3月3日起不再存续" in words(guide)
    assert "按行业规定" in words(guide)
    assert words(guide).count("向示例water局申请") == 2
    form = await portal.get("/apply", params={"unit": "grain"})
    assert "“示例grain局”已不再存续，请向“示例water局”申请。" in words(form)
    assert '<option value="water" selected>' in form.text
    assert 'value="branch"' not in form.text


async def _applications(district: Services) -> int:
    names = await district.deps["intake"].pool.fetch(
        "SELECT record FROM log_entry WHERE stream LIKE 'application-%'"
    )
    return len(names)


async def _application(district: Services) -> str:
    record = await district.deps["intake"].pool.fetchval(
        "SELECT record FROM log_entry WHERE stream LIKE 'application-%' LIMIT 1"
    )
    return str(json.loads(record)["data"]["application"])
