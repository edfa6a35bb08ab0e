"""The envelope of an event that is handed in: CloudEvents 1.0, read strictly. Pure; the moment is an argument."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError
from pydantic_core import from_json

from gongkai.contracts.ingress import (
    AHEAD,
    DEEPEST,
    EXTENSIONS,
    LARGEST_EVENT,
    MOST,
    CloudEvent,
)
from gongkai.intake.ingress import input_errors, problems

_ATTRIBUTE_NAME = re.compile(r"[a-z0-9]{1,20}")
_JSON = re.compile(
    r"application/(?:json|[a-z0-9.+-]+\+json)(?:\s*;\s*charset=\"?utf-8\"?)?\s*", re.IGNORECASE
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class IngressEvent:
    """One event, its envelope read. `canonical`: its type and data as JSON with sorted keys, however they came."""

    source: str
    id: str
    type: str
    data: dict[str, Any]
    canonical: str

    @classmethod
    def of(cls, source: str, id: str, type: str, data: dict[str, Any]) -> "IngressEvent":
        """Raises BadInput for data that is too deep, too large, or can't be stored."""
        if _deeper_than(data, DEEPEST):
            raise input_errors.too_deep()
        return cls(source, id, type, data, _canonical(type, data))


def parse(body: bytes) -> Any:
    """A JSON text. Raises BadInput for what is none, or not UTF-8."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise input_errors.not_json(str(error)) from None


def batch(body: bytes) -> list[Any]:
    """The events of a batch. Raises BadInput (400, 413)."""
    events = parse(body)
    if not isinstance(events, list):
        raise input_errors.not_a_batch()
    if len(events) > MOST:
        raise input_errors.too_many(len(events))
    return events


def binary(
    headers: Iterable[tuple[bytes, bytes]], content_type: str | None, body: bytes, *, kafka: bool = False
) -> Any:
    """An event whose attributes are headers: `ce-id`, percent-encoded; on Kafka `ce_id`, as it is. Raises BadInput."""
    event: dict[str, Any] = {}
    start = b"ce_" if kafka else b"ce-"
    for name, value in headers:
        key = name.lower()
        if key.startswith(start):
            attribute = key[len(start) :].decode("ascii", "replace")
            if attribute in event:
                raise input_errors.attribute_twice(attribute)
            try:
                text = value.decode("utf-8")
                event[attribute] = text if kafka else unquote(text, errors="strict")
            except UnicodeDecodeError:
                raise input_errors.not_utf8(f"/{attribute}") from None
    if content_type is not None:
        event["datacontenttype"] = content_type
    _json_only(event)
    event["data"] = parse(body) if body else None
    return event


def read(raw: Any, now: datetime) -> IngressEvent:
    """The event, when its envelope is right. Raises BadInput that names the attribute to correct."""
    if not isinstance(raw, Mapping):
        raise input_errors.not_an_object()
    try:
        event = CloudEvent.model_validate(raw)
    except ValidationError as error:
        raise problems.malformed(error.errors(include_url=False, include_input=False)) from None
    if event.time is not None and event.time > now + AHEAD:
        raise input_errors.in_future()
    _extensions(event.model_extra or {})
    return IngressEvent.of(event.source, event.id, event.type, _data(event, raw))


def identified(raw: Any) -> tuple[str | None, str | None, str | None]:
    """Source, id and type of an event that may be anything, as far as they can be read."""
    if not isinstance(raw, Mapping):
        return None, None, None
    source, id_, kind = (_attribute_of(raw, name) for name in ("source", "id", "type"))
    return (source, id_, kind) if source is not None and id_ is not None else (None, None, kind)


def _attribute_of(raw: Mapping[str, Any], name: str) -> str | None:
    try:
        probe = {"specversion": "1.0", "id": "-", "source": "-", "type": "-"} | {name: raw.get(name)}
        return str(getattr(CloudEvent.model_validate(probe), name))
    except ValidationError:
        return None


def _json_only(event: Mapping[str, Any]) -> None:
    kind = event.get("datacontenttype")
    if isinstance(kind, str) and not _JSON.fullmatch(kind):
        raise input_errors.data_not_json(kind)


def _data(event: CloudEvent, raw: Mapping[str, Any]) -> dict[str, Any]:
    _json_only({"datacontenttype": event.datacontenttype})
    data = event.data
    if event.data_base64 is not None:
        if "data" in raw and event.data is not None:
            raise input_errors.data_twice()
        try:
            plain = base64.b64decode(event.data_base64, validate=True)
        except ValueError:  # also for what isn't ASCII
            raise input_errors.not_base64() from None
        data = parse(plain)
    if not isinstance(data, dict):
        raise input_errors.no_data()
    return data


def _deeper_than(value: Any, left: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and not left:
        return True
    return any(_deeper_than(each, left - 1) for each in inner if isinstance(each, dict | list))


def _canonical(kind: str, data: dict[str, Any]) -> str:
    try:
        canonical = json.dumps([kind, data], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except ValueError:  # a number with more digits than Python writes
        raise input_errors.unstorable() from None
    if "\\u0000" in canonical and _UNSTORABLE.search("".join(_strings(data))):
        raise input_errors.unstorable()
    if len(canonical) > LARGEST_EVENT // 4 and len(canonical.encode()) > LARGEST_EVENT:
        raise input_errors.too_large()
    return canonical


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _extensions(more: Mapping[str, Any]) -> None:
    if len(more) > EXTENSIONS:
        raise input_errors.too_many_attributes()
    for name, value in more.items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise input_errors.bad_attribute_name(name)
        if not _is_attribute_value(value):
            raise input_errors.bad_attribute_value(name)


def _is_attribute_value(value: Any) -> bool:
    """A string or a number of 32 bits, as CloudEvents has them."""
    if isinstance(value, str):
        return len(value) <= 256
    return value is None or (isinstance(value, int) and abs(value) < 2**31)
