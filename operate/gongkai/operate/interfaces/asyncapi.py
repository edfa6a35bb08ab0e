"""AsyncAPI 3.0 of the topics: what the relay sends, with its headers and key, and each event as its record."""

from collections.abc import Mapping
from typing import Any, Final

from gongkai.contracts.events import title_of
from gongkai.contracts.evolution import Schema
from gongkai.contracts.schema import ENVELOPE, EXAMPLES, committed, current
from gongkai.contracts.version import VERSION
from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREFIX, PREVIOUS, TRACE, topic_of
from gongkai.ledger.read import LogId
from gongkai.operate.interfaces import ingress_topics
from gongkai.operate.services import installed_logs

_COMPONENT: Final = "#/components/schemas/"
_RECORD_TYPE: Final = "application/cloudevents+json"
_LOG_NAMES: Final = {"intake": "受理", "review": "审查", "publishing": "发布", "scoring": "考核"}

_SERVER: Final[Schema] = {
    "host": "{host}",
    "protocol": "kafka",
    "description": "本部署的 Kafka；GONGKAI_KAFKA_PREFIX 另有规定时，主题以其为前缀 · "
    "the deployment's Kafka; topics begin with GONGKAI_KAFKA_PREFIX where that says otherwise. "
    "要求登录的（SASL，SCRAM-SHA-512），业务系统以系统编号为用户名 · "
    "where it asks who one is (SASL, SCRAM-SHA-512), a system's user is its id",
    "variables": {"host": {"default": "127.0.0.1:9092", "description": "HOST:PORT"}},
}
_TOPIC: Final[Schema] = {
    "kafka": {
        "bindingVersion": "0.5.0",
        "partitions": 4,
        "topicConfiguration": {
            "cleanup.policy": ["delete"],
            "retention.ms": -1,
            "retention.bytes": -1,
        },
    }
}
_KEY: Final[Schema] = {
    "kafka": {
        "bindingVersion": "0.5.0",
        "key": {
            "type": "string",
            "description": "所在的流（subject），同一流的记录在同一分区且有序 · "
            "the stream (subject): records of a stream stand in one partition, in order",
        },
    }
}
_NUMBER: Final = "^(-1|0|[1-9][0-9]*)$"
_HEADERS: Final[Schema] = {
    "type": "object",
    "required": [POSITION, PREVIOUS, COMMITTED_AT],
    "properties": {
        POSITION: {
            "type": "string",
            "pattern": _NUMBER,
            "description": "在日志中的位置，从 0 起，无空缺 · position in the log, from 0, without gaps",
        },
        PREVIOUS: {
            "type": "string",
            "pattern": _NUMBER,
            "description": "同一分区上一条记录的位置，-1 表示没有；不符即有遗漏 · "
            "position of the record before it in the partition, -1: none; another one means that some were missed",
        },
        COMMITTED_AT: {
            "type": "string",
            "format": "date-time",
            "description": "写入日志的时刻 · when it was written to the log",
        },
        TRACE: {"type": "string", "description": "W3C Trace Context"},
    },
}


def document() -> Schema:
    """Of all topics, by the code as it is."""
    now = current()
    schemas = now | {
        name: old for name, old in committed().items() if name not in now
    }  # those stay on their topic
    parts = {f"{name}.data": schema for name, schema in schemas.items() if name != ENVELOPE}
    messages = {name: _message(name, schemas[ENVELOPE]) for name in schemas if name != ENVELOPE}
    logs = {log.name: _of_log(log, messages) for log in installed_logs().values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Gongkai 政务公开",
            "version": VERSION,
            "description": "每个日志一个主题，内容是日志中的原样字节：CloudEvents 1.0，结构化 JSON。"
            "以日志为准，Kafka 只负责传递；同一记录可能送达多次，以位置去重。 · "
            "One topic a log, with the very bytes of the log: CloudEvents 1.0, structured JSON. The log is the record, "
            "Kafka is how it travels; a record may arrive more than once, its position tells.",
            "license": {"name": "Apache License 2.0"},
        },
        "defaultContentType": _RECORD_TYPE,
        "servers": {"kafka": _SERVER},
        "channels": {name: channel for name, (channel, _) in logs.items()} | ingress_topics.channels(),
        "operations": {f"{name}Relayed": operation for name, (_, operation) in logs.items()}
        | ingress_topics.operations(),
        "components": {
            "messages": messages | ingress_topics.messages(),
            "schemas": _components(parts | ingress_topics.schemas()),
        },
    }


def _of_log(log: LogId, messages: Mapping[str, Schema]) -> tuple[Schema, Schema]:
    """The log's topic, and that it is written to."""
    mine = [name for name, message in messages.items() if message["x-source"] == f"/gongkai/{log.schema}"]
    named = f"{_LOG_NAMES.get(log.schema, log.name)} · {log.name}"
    channel = {
        "address": topic_of(PREFIX, log),
        "title": named,
        "description": f"日志“{log.name}”的全部记录 · every record of the log {log.name}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in mine},
        "bindings": _TOPIC,
    }
    operation = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{log.name}"},
        "summary": f"传递日志“{log.name}” · relay the log {log.name}",
    }
    return channel, operation


def _message(name: str, envelope: Schema) -> Schema:
    example = committed(EXAMPLES)[name]
    title = title_of(name.rpartition(".v")[0])
    fixed = {"const": f"gongkai.{name}", "type": "string"}
    fields = envelope["properties"] | {"type": fixed, "data": {"$ref": f"{_COMPONENT}{name}.data"}}
    return {
        "name": f"gongkai.{name}",
        "title": f"{title.zh} · {title.en}",
        "contentType": _RECORD_TYPE,
        "headers": _HEADERS,
        "payload": {"type": "object", "required": envelope["required"], "properties": fields},
        "bindings": _KEY,
        "examples": [{"name": name.replace(".", "-"), "payload": example}],
        "x-source": example["source"],
    }


def _components(schemas: Mapping[str, Schema]) -> Schema:
    """Schemas side by side instead of each with its own `$defs`; parts that changed since keep their owner's name."""
    found: Schema = {}
    for name, schema in schemas.items():
        parts = schema.get("$defs", {})
        shared = all(found.get(part, said) == said for part, said in _pointed(parts, {}).items())
        names = {part: part if shared else f"{name}.{part}" for part in parts}
        found |= {names[part]: _pointed(said, names) for part, said in parts.items()}
        found[name] = _pointed({k: v for k, v in schema.items() if k[0] != "$"}, names)
    return dict(sorted(found.items()))


def _pointed(part: Any, names: Mapping[str, str]) -> Any:
    """The same with its references to `$defs` turned to components."""
    if isinstance(part, list):
        return [_pointed(each, names) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return {"$ref": _COMPONENT + names.get(name, name)}  # a reference takes no neighbours in draft 7
    return {key: _pointed(value, names) for key, value in part.items()}
