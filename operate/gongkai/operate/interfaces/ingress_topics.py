"""The topics of agencies' systems, as AsyncAPI tells them: what is handed in, and what becomes of it."""

from typing import Any, Final

from gongkai.contracts.evolution import Schema
from gongkai.contracts.ingress import ANSWERED, DATA, DRAFTED, ONE, RECEIVED, CloudEvent, Result
from gongkai.ledger.kafka import PREFIX

_COMPONENT: Final = "#/components/schemas/"
_RESULT: Final = "ingress.result"
_NAMES: Final = {
    DRAFTED: "报送拟稿 · Draft handed in",
    RECEIVED: "报送收到的申请 · Application handed in",
    ANSWERED: "报送申请答复 · Answer handed in",
}
_WEEK: Final = 7 * 24 * 60 * 60 * 1000
_TOPIC: Final[Schema] = {
    "kafka": {
        "bindingVersion": "0.5.0",
        "partitions": 1,
        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": _WEEK},
    }
}
_SYSTEM: Final[Schema] = {"system": {"description": "业务系统编号 · the system's id"}}


_EXAMPLE: Final[Schema] = {"specversion": "1.0", "id": "2025-0001", "source": "finance-oa"}
_SAID: Final[dict[str, Schema]] = {
    DRAFTED: {
        "unit": "finance",
        "title": "示例区预算公开说明",
        "attribute": "proactive",
        "summary": "预算公开",
        "text": "示例区预算公开说明。",
        "formed_on": "2025-03-03",
    },
    RECEIVED: {"unit": "finance", "channel": "letter", "received_on": "2025-03-03", "sealed": "eyJ…"},
    ANSWERED: {"application": "a-7", "kind": "disclosed", "sealed": "eyJ…"},
}
_ACCEPTED: Final = Result(
    source="finance-oa", id="2025-0001", state="accepted", status=202, made="d-1", place="intake/3/1042"
)


def schemas() -> dict[str, Schema]:
    """By component: the data of each type, and the result."""
    found = {_short(kind): model.model_json_schema() for kind, model in DATA.items()}
    return found | {_RESULT: Result.model_json_schema(mode="serialization")}


def messages() -> dict[str, Schema]:
    handed = {_short(kind): _handed(kind) for kind in DATA}
    result = {
        "name": _RESULT,
        "title": "报送结果 · What became of an event",
        "contentType": "application/json",
        "payload": {"$ref": f"{_COMPONENT}{_RESULT}"},
        "bindings": _key("事件 id，无法识别时为空 · the event's id; none where it can't be told"),
        "examples": [{"name": "accepted", "payload": _ACCEPTED.model_dump(mode="json")}],
    }
    return handed | {_RESULT: result}


def channels() -> dict[str, Schema]:
    base = f"{PREFIX}.ingress.{{system}}"
    return {
        "ingress": {
            "address": base,
            "title": "业务系统报送 · Events handed in by a system",
            "description": "每个登记的系统一个主题，只有该系统可写。个人信息只能加密报送（data.sealed）。 · "
            "One for each registered system, which alone may write to it. Personal data is encrypted (data.sealed).",
            "parameters": _SYSTEM,
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in map(_short, DATA)},
            "bindings": _TOPIC,
        },
        "ingressResults": {
            "address": f"{base}.results",
            "title": "报送结果 · Results",
            "description": f"逐条结果，可能不止一次；只有该系统可读，其消费组以 {base}. 开头 · "
            f"a result an event, maybe more than once; that system alone may read them, in groups that begin with {base}.",
            "parameters": _SYSTEM,
            "messages": {_RESULT: {"$ref": f"#/components/messages/{_RESULT}"}},
            "bindings": _TOPIC,
        },
    }


def operations() -> dict[str, Schema]:
    return {
        "ingressTaken": {
            "action": "receive",
            "channel": {"$ref": "#/channels/ingress"},
            "summary": "接收报送的事件 · take what is handed in",
        },
        "ingressAnswered": {
            "action": "send",
            "channel": {"$ref": "#/channels/ingressResults"},
            "summary": "给出结果 · tell what became of it",
        },
    }


def _short(kind: str) -> str:
    return kind.removeprefix("gongkai.")


def _handed(kind: str) -> Schema:
    envelope: dict[str, Any] = CloudEvent.model_json_schema()
    fixed = {"const": kind, "type": "string"}
    fields = envelope["properties"] | {"type": fixed, "data": {"$ref": f"{_COMPONENT}{_short(kind)}"}}
    return {
        "name": kind,
        "title": _NAMES[kind],
        "contentType": ONE,
        "payload": {"type": "object", "required": envelope["required"], "properties": fields},
        "bindings": _key("任意；同一事项用同一键 · any; the same for the same case"),
        "examples": [
            {
                "name": _short(kind).replace(".", "-"),
                "payload": _EXAMPLE | {"type": kind, "data": _SAID[kind]},
            }
        ],
    }


def _key(says: str) -> Schema:
    return {"kafka": {"bindingVersion": "0.5.0", "key": {"type": "string", "description": says}}}
