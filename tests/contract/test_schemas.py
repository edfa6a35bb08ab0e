"""The committed contracts are those of the code, and `gongkai schema` refuses to break one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from gongkai.cli.commands.schema import app
from gongkai.cli.main import main
from gongkai.contracts.problem import Problem
from gongkai.contracts.schema import FOLDER, committed, current, text_of
from gongkai.operate.interfaces import compatibility, openapi
from gongkai.operate.interfaces.asyncapi import document as asyncapi
from gongkai.operate.services import installed, installed_logs

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what was promised."""
    for part in ("schemas", "openapi", compatibility.ASYNCAPI):
        copy = shutil.copytree if (compatibility.ROOT / part).is_dir() else shutil.copy
        copy(compatibility.ROOT / part, tmp_path / part)
    return tmp_path


def promise(folder: Path, name: str, field: str, part: object) -> None:
    """As if the promise had been another one."""
    file = folder / "schemas" / f"{name}.json"
    schema = json.loads(file.read_text())
    schema["properties"][field] = part
    file.write_text(json.dumps(schema))


def test_what_is_committed_is_what_the_code_says() -> None:
    written = {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    assert written == {name: text_of(schema) for name, schema in current().items()}, "gongkai schema export"


def test_it_passes_as_it_is() -> None:
    done = RUN.invoke(app, ["schema", "check"])
    assert done.exit_code == 0
    assert "keep their promise" in done.output


def test_a_broken_promise_is_refused_in_words(folder: Path) -> None:
    promise(folder, "DocumentDrafted.v1", "urgency", {"type": "string"})  # shipped once, and gone since
    promise(folder, "ScoreChanged.v1", "points", {"type": "number"})
    before = {file: file.read_bytes() for file in folder.rglob("*.json")}
    for command in (["check", "--folder"], ["export", "--to"]):
        done = RUN.invoke(app, ["schema", *command, str(folder)])
        assert done.exit_code == 1
        assert "DocumentDrafted.v1 /urgency：字段被删除或改名" in done.output
        assert "ScoreChanged.v1 /points" in done.output
        assert "new version" in done.output
    assert {file: file.read_bytes() for file in folder.rglob("*.json")} == before


def test_a_harmless_change_is_named_and_export_writes_it(folder: Path) -> None:
    promise(folder, "ScoreChanged.v1", "reason", {"type": "string", "maxLength": 100, "minLength": 1})
    done = RUN.invoke(app, ["schema", "check", "--folder", str(folder)])
    assert done.exit_code == 0
    assert "ScoreChanged.v1.json：兼容" in done.output
    assert RUN.invoke(app, ["schema", "export", "--to", str(folder)]).exit_code == 0
    assert committed(folder / "schemas") == current()


def test_an_empty_folder_promises_nothing_and_that_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["gongkai", "schema", "check", "--folder", str(tmp_path)])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert "there are no schemas" in capsys.readouterr().err


def test_the_committed_interfaces_are_those_of_the_code() -> None:
    fresh = {file: text_of(each) for file, each in compatibility.documents().items()}
    written = {file: (compatibility.ROOT / file).read_text(encoding="utf-8") for file in fresh}
    assert written == fresh, "gongkai schema export"
    assert {file.stem for file in compatibility.ROOT.glob("openapi/*.json")} == {
        name for name, each in installed().items() if each.interface
    }


OPERATIONS = [
    pytest.param(service, operation, id=f"{service}: {method.upper()} {path}")
    for service, document in committed(compatibility.ROOT / "openapi").items()
    for path, methods in document["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_operation_says_what_it_does_and_all_it_may_answer(
    service: str, operation: dict[str, Any]
) -> None:
    zh, _, en = operation["summary"].partition(" · ")
    assert zh
    assert en, f"summary of {operation['operationId']}: 中文 · English"
    assert any(status < "300" for status in operation["responses"])
    needed = {"422", "503"} | ({"401", "403"} if "security" in operation else set())
    assert needed <= operation["responses"].keys()
    names = [each["name"] for each in operation.get("parameters", ())]
    if "idempotency-key" in names:
        assert {"400", "404", "409"} <= operation["responses"].keys()
    if "requestBody" in operation:
        assert {"400", "413"} <= operation["responses"].keys()


def test_every_refusal_is_a_problem_document_and_says_when_to_try_again() -> None:
    for service, document in openapi.documents().items():
        assert document["openapi"] == "3.1.0"
        for status, answer in document["components"]["responses"].items():
            assert list(answer["content"]) == ["application/problem+json"], (service, status)
            assert ("Retry-After" in answer["headers"]) == (status in ("429", "503"))
        told = document["components"]["schemas"]["Problem"]
        assert set(told["properties"]) == set(Problem.model_fields)
        jsonschema_rs.meta.validate(told)


def test_every_log_is_a_topic_and_every_event_a_message_of_one() -> None:
    document = asyncapi()
    assert {each["address"] for each in document["channels"].values()} >= {
        f"gongkai.{log}" for log in installed_logs()
    }
    relayed = [document["channels"][log] for log in installed_logs()]
    sent = [name for each in relayed for name in each["messages"]]
    assert sorted(sent) == sorted(name for name in committed(FOLDER) if name != "envelope")


def test_every_message_of_a_topic_is_what_its_example_is() -> None:
    document = asyncapi()
    for name, message in document["components"]["messages"].items():
        schema = message["payload"] | {"components": document["components"]}
        validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
        for example in message["examples"]:
            assert not list(validator.iter_errors(example["payload"])), name
            lacking = example["payload"] | {"data": {}, "state": None}
            assert not validator.is_valid(lacking), name


def mutilate(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """What `check` says when the promised API had something that the code hasn't."""
    file = folder / "openapi" / "publishing.json"
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))
    done = RUN.invoke(app, ["schema", "check", "--folder", str(folder)])
    assert done.exit_code == 1
    return done.output


PUBLISH = "/publications/{document_id}"


def test_an_operation_that_went_is_refused(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["paths"][PUBLISH]["delete"] = document["paths"][PUBLISH]["post"]

    assert f"DELETE {PUBLISH}：该操作已被删除" in mutilate(folder, change)


def test_a_new_required_field_of_a_body_is_refused(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Publication"]["required"] = []

    assert "body/digest：字段改为必填" in mutilate(folder, change)


def test_a_narrower_parameter_is_refused(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        [asked, *_] = document["paths"][PUBLISH]["post"]["parameters"]
        del asked["schema"]["pattern"]

    assert "path/document_id" in mutilate(folder, change)


def test_a_success_that_went_and_a_token_that_is_new_are_refused(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        operation = document["paths"][PUBLISH]["post"]
        del operation["security"]
        operation["responses"]["200"] = operation["responses"]["201"]

    told = mutilate(folder, change)
    assert "security：改为需要令牌" in told
    assert "不再以 200 答复" in told
