"""The page of contracts: open to anybody, whole, and in step with the files that programs read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from gongkai.console.contracts.reads import ROOT, contracts
from gongkai.contracts.schema import FOLDER
from gongkai.contracts.vocabulary import Attribute
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import running_services, unit


@pytest.fixture
async def lobby(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    start = datetime(2025, 3, 3, 1, tzinfo=UTC)
    async with (
        running_services(fresh_database, broker, tmp_path, start, services=("intake",)) as made,
        console_app(made, broker) as app,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("finance"))).status_code == 201
        yield app


async def test_anybody_reads_it_and_finds_every_event_and_file(lobby: FastAPI) -> None:
    browser = Browser(lobby)
    told = await browser.open("/contracts")
    assert browser.status == 200
    assert "接口与事件" in told
    for contract in contracts().values():
        assert contract.says.zh in told
        assert f"/contracts/events/{contract.name}" in browser.page
    for file in ("asyncapi.json", *(f"openapi/{each.name}" for each in ROOT.glob("openapi/*.json"))):
        assert f'href="/contracts/{file}"' in browser.page
        answer = await browser.client.get(f"/contracts/{file}")
        assert answer.content == (ROOT / file).read_bytes()
        assert answer.headers["content-type"] == "application/json"


async def test_an_event_shows_fields_words_and_example_in_both_languages(lobby: FastAPI) -> None:
    browser = Browser(lobby)
    told = await browser.open("/contracts/events/DocumentDrafted.v1")
    for word in ("拟稿", "gongkai.DocumentDrafted.v1", "内容概述", "必填", "关于做好义务教育招生工作的通知"):
        assert word in told
    assert all(attribute.zh in told for attribute in Attribute)
    assert "summary of the content" in await browser.open("/contracts/events/DocumentDrafted.v1?lang=en")
    assert "summary of the content" in await browser.open("/contracts/events/DocumentDrafted.v1")
    schema = await browser.client.get("/contracts/schemas/DocumentDrafted.v1.json")
    assert schema.content == (FOLDER / "DocumentDrafted.v1.json").read_bytes()


async def test_every_event_has_its_page_and_its_clause(lobby: FastAPI) -> None:
    assert [name for name, each in contracts().items() if not each.clauses] == []
    browser = Browser(lobby)
    for name in contracts():
        await browser.open(f"/contracts/events/{name}")
        assert browser.status == 200
        assert (await browser.client.get(f"/contracts/examples/{name}.json")).status_code == 200


@pytest.mark.parametrize(
    "path", ["events/Nothing.v1", "schema.py", "../vocabulary.py", "%2e%2e/vocabulary.py", "openapi", ""]
)
async def test_nothing_else_is_there(lobby: FastAPI, path: str) -> None:
    assert (await Browser(lobby).client.get(f"/contracts/{path}")).status_code == 404


async def test_who_is_signed_in_keeps_the_menu(lobby: FastAPI) -> None:
    browser = await Browser(lobby).enter("finance-officer")
    assert "我的" in await browser.open("/contracts") or "工作台" in browser.page
