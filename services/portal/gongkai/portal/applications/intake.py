"""Calls to intake over HTTP with the public's rights: submit an application, look up its progress, units, calendar."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from gongkai.contracts.vocabulary import AnswerKind, UnitKind
from gongkai.rules.calendar import Calendar, Notice, official
from gongkai.runtime.identity import Issuer
from gongkai.web import Problem, from_document

_log = structlog.get_logger(__name__)

FRESH = 60.0  # seconds that the list of units and the calendar are cached

INTAKE_UNAVAILABLE = Problem(
    "intake.away",
    "受理系统暂时无法连接，您填写的内容没有提交，也没有丢失。请稍后再试。",
    "The receiving system can't be reached. Nothing was sent and nothing is lost. Please try again shortly.",
    status=503,
)


class IntakeUnavailable(Exception):
    """Intake can't be reached, or its response isn't as its interface says."""


class _Response(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Body(_Response):
    """政务公开工作机构, as the public reaches it (WY-A.4)."""

    name: str
    address: str | None = None
    hours: str | None = None
    phone: str | None = None


class Unit(_Response):
    """A body of the register. `apply_to`: whom to apply to for its information, itself or another body."""

    unit: str
    name: str
    kind: UnitKind
    takes_applications: bool
    apply_to: str | None = None
    ended_on: date | None = None  # the first day without it
    body: Body | None = None


class Receipt(_Response):
    """What the applicant gets. `code`: shown once."""

    receipt: str
    code: str | None = None


class ApplicationAnswer(_Response):
    """The answer to the application, decrypted for the applicant."""

    kind: AnswerKind
    text: str | None  # None: the person's key was destroyed at their wish
    answered_on: date
    late_days: int = 0


class Remedy(_Response):
    """What the applicant can do, in both languages, and where it is written."""

    zh: str
    en: str
    clause: str
    article: str | None


class Progress(_Response):
    """The progress of an application. `clock` is intake's, day by day up to the due day."""

    unit_name: str
    received_on: date
    clock: dict[str, Any]
    answer: ApplicationAnswer | None = None
    remedy: Remedy | None = None


@dataclass(slots=True)
class IntakeClient:
    """Client of intake's public API. No personal data is put into an address or a log line."""

    http: httpx.AsyncClient
    url: str
    issuer: Issuer
    wall: Callable[[], datetime]
    tick: Callable[[], float] = time.monotonic
    _calendar: tuple[float, Calendar] = field(default_factory=lambda: (float("-inf"), official()))
    _units: tuple[float, tuple[Unit, ...]] = field(default=(float("-inf"), ()))

    async def units(self) -> tuple[Unit, ...]:
        """Known units, by the order of the register; the last known list when intake can't be reached."""
        at, known = self._units
        if self.tick() - at < FRESH:
            return known
        try:
            response = await self._ask("GET", "/units", params={"ended": "true"})
            known = tuple(Unit.model_validate(row) for row in response.json())
        except (IntakeUnavailable, ValueError, TypeError) as error:
            _log.warning("no list of units", error=type(error).__name__)
            return known
        self._units = (self.tick(), known)
        return known

    async def calendar(self) -> Calendar:
        """The calendar with all notices that were entered; the last known one when intake can't be reached."""
        at, known = self._calendar
        if self.tick() - at < FRESH:
            return known
        try:
            response = await self._ask("GET", "/calendar/notices")
            known = Calendar(tuple(Notice.model_validate(row) for row in response.json()["notices"]))
        except (IntakeUnavailable, ValueError, TypeError, KeyError) as error:
            _log.warning("no calendar", error=type(error).__name__)
            return known
        self._calendar = (self.tick(), known)
        return known

    async def apply(self, payload: Mapping[str, Any], key: UUID) -> Receipt | list[Problem]:
        """Submit an application; the idempotency key makes it count once. Refused: the problems, by field."""
        try:
            response = await self._ask(
                "POST", "/applications", json=payload, headers={"Idempotency-Key": str(key)}
            )
            if response.is_success:
                return Receipt.model_validate(response.json())
            return from_document(response.json(), response.status_code)
        except (IntakeUnavailable, ValueError) as error:
            _log.warning("application not handed in", error=type(error).__name__)
            return [INTAKE_UNAVAILABLE]

    async def progress(self, receipt: str, code: str) -> Progress | None:
        """None when there is no such pair: an unknown receipt and a wrong code are the same. Raises IntakeUnavailable."""
        response = await self._ask("POST", "/applications/progress", json={"receipt": receipt, "code": code})
        if response.is_client_error:
            return None
        try:
            return Progress.model_validate(response.json())
        except (ValidationError, ValueError) as error:
            raise IntakeUnavailable from error

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        token = self.issuer.issue("public", self.wall())
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        try:
            response = await self.http.request(method, self.url + path, headers=headers, **request)
        except httpx.HTTPError as error:
            raise IntakeUnavailable from error
        if response.is_server_error or response.status_code in (401, 403):
            raise IntakeUnavailable(response.status_code)
        return response
