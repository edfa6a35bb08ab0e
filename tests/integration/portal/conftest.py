"""The portal over running services, all of them or as many as the forms need, and how a visitor reads and fills in."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx
import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai

APPLICATION = {
    "unit": "water",
    "request/description": "2024年防汛物资<采购>合同",
    "request/form": "电子",
    "request/delivery": "网上查询",
    "applicant/name": "示例申请人",
    "applicant/id_kind": "身份证",
    "applicant/id_number": "000000",
    "applicant/contact": "示例电话",
    "applicant/address": "",
}


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with running_services(fresh_database, broker, tmp_path, MONDAY) as made, portal_app(made, broker):
        for entry in (unit("water"), unit("bus") | {"kind": "institution"}):
            assert (await made.say("intake", "/units", "registrar", entry)).status_code == 201
        await made.settled()
        yield made


@pytest.fixture
async def counter(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    """The services that the forms need."""
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made,
        portal_app(made, broker),
    ):
        assert (await made.say("intake", "/units", "registrar", unit("water"))).status_code == 201
        yield made


def words(answer: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def hidden(answer: httpx.Response) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: unescape(value) for name, value in fields}
