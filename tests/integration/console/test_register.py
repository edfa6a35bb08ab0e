"""The register's pages: the tree, a unit with its history and gaps, and units from a workbook."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from gongkai.client.client import Client
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.unit_import import register_all
from gongkai.tables.unit_workbook import XLSX, read
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import Services, running_services, unit
from tests.unit.tables.test_unit_workbook import FINANCE, workbook

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)


@pytest.fixture
async def district(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, FastAPI]]:
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        government = {"unit": "district", "name": "示例区政府", "kind": "government", "jurisdiction": "sc"}
        for entry in (
            government,
            unit("finance", government="district", roles=["authority"]),
            unit("grain", government="district"),
        ):
            assert (await made.say("intake", "/units", "registrar", entry)).status_code == 201
        ending = {
            "kind": "merged",
            "on": "2025-03-03",
            "successors": [{"unit": "finance"}],
            "basis": "示编1号",
        }
        assert (await made.say("intake", "/units/grain/ending", "registrar", ending)).status_code == 201
        await made.settled()
        yield made, app


@pytest.mark.clause("SC-1.1", "SC-1.3")
async def test_the_register_is_a_tree_that_can_be_narrowed_and_dated(
    district: tuple[Services, FastAPI],
) -> None:
    _, app = district
    who = await Browser(app).enter("finance-head")
    page = await who.open("/register")
    assert "截至2025年3月3日，2个单位" in page
    assert "示例区政府" in page
    assert 'class="whole depth-1"><a href="/register/finance"' in who.page
    assert "已不再存续的单位" in page
    assert "示例finance局" in page
    assert "没有符合条件的单位" in await who.open("/register?q=nobody&on=&kind=&role=")
    assert "1个单位" in await who.open("/register?role=authority&lacking=true")
    assert "0个单位" in await who.open("/register?on=2025-03-02")  # before anything was entered


@pytest.mark.clause("SC-A1.3", "SC-1.3", "SC-A1.2", "SC-1.2")
async def test_a_units_page_says_who_owes_what_it_owed_and_what_its_entry_lacks(
    district: tuple[Services, FastAPI],
) -> None:
    made, app = district
    who = await Browser(app).enter("finance-officer")
    gone = await who.open("/register/grain")
    assert "自2025年3月3日起不再存续" in gone
    assert "责任单位 示例finance局" in gone
    assert "合并 自2025年3月3日起，由示例finance局承接，示编1号" in gone
    here = await who.open("/register/finance?beside=district&on=")
    assert "没有登记政务公开工作机构" in here
    assert "上城制度附1第二条" in here
    assert "承接 示例grain局" in here
    assert "名录中没有两个单位共同的上一级" in here
    await made.say(
        "intake", "/units", "registrar", unit("finance", government="district") | {"name": "示例区财政局"}
    )
    await made.settled()
    assert "变更登记：名称、常设职能" in await who.open("/register/finance")
    await who.open("/register/nowhere")
    assert who.status == 404


@pytest.mark.clause("SC-1.1")
async def test_the_registrar_enters_units_from_a_workbook_once(district: tuple[Services, FastAPI]) -> None:
    _, app = district
    rows = (
        FINANCE | {"单位编号": "audit", "单位名称": "示例区审计局", "所属人民政府": "district"},
        FINANCE | {"单位编号": "wrong", "上级主管部门": "nowhere"},
        FINANCE | {"单位编号": "worse", "类别": "部门"},
    )
    file = {"file": ("units.xlsx", workbook(*rows), XLSX)}
    registrar = await Browser(app).enter("registrar")
    await registrar.open("/import/units")
    told = await registrar.send("/import/units", files=file)
    assert "登记1个，未变化0个，未登记2个" in told
    assert "“单位”第3行 · 上级主管部门" in told
    assert "“单位”第4行 · 类别" in told
    again = await registrar.send("/import/units", files=file)
    assert "登记0个，未变化1个，未登记2个" in again
    assert "示例区审计局" in await registrar.open("/register")
    await registrar.open("/import/units")
    assert "不是可以读取的 .xlsx 文件" in await registrar.send(
        "/import/units", files={"file": ("a.xlsx", b"no", XLSX)}
    )

    officer = await Browser(app).enter("finance-head")
    await officer.open("/import/units")
    assert officer.status == 403


@pytest.mark.clause("SC-1.1")
async def test_the_command_says_of_each_row_what_came_of_it(district: tuple[Services, FastAPI]) -> None:
    made, _ = district
    rows = read(workbook(FINANCE | {"单位编号": "audit"}, FINANCE | {"单位编号": "tax", "适用规则": "zz"}))
    token = made.bearer("registrar", registrar=True)["Authorization"].removeprefix("Bearer ")
    client = Client({"intake": "http://intake"}, http=made.clients["intake"])
    results = [each async for each in register_all(client, token, (*rows, rows[0]))]
    assert [each.outcome for each in results] == ["registered", "refused", "unchanged"]
    (fault,) = results[1].faults
    assert (fault.row, fault.column, fault.clause) == (3, "适用规则", "GT-scope")


@pytest.mark.clause("SC-A1.3")
async def test_the_registrar_enters_how_a_unit_ends_and_corrects_it(
    district: tuple[Services, FastAPI],
) -> None:
    _, app = district
    registrar = await Browser(app).enter("registrar")
    assert "登记变更" in await registrar.open("/register/finance")
    await registrar.open("/register/finance/ending")
    abolished = {"kind": "abolished", "on": "2025-03-03"}
    refused = await registrar.send("/register/finance/ending", **abolished)
    assert registrar.status == 422
    assert "没有承接单位的，写明决定撤销的单位" in refused
    assert 'value="2025-03-03"' in registrar.page
    entered = await registrar.send("/register/finance/ending", **abolished, decided_by="district")
    assert "自2025年3月3日起不再存续" in entered
    assert "责任单位 示例区政府" in entered
    await registrar.open("/register/finance/ending")
    mended = await registrar.send("/register/finance/ending", kind="withdrawn", on="2025-03-03")
    assert "更正：单位存续" in mended
    assert "不再存续" not in mended.partition("登记沿革")[0]

    officer = await Browser(app).enter("finance-head")
    await officer.open("/register/finance/ending")
    assert officer.status == 403
