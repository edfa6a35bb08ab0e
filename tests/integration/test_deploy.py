"""What lies in deploy/: every secret that a container is given is made, the witness knows the logs and they know it,
and what Prometheus and Grafana ask for exists."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gongkai.ledger.cosigning.server import Folder
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.merkle import EMPTY
from gongkai.ledger.note import Verifier, parse, parse_signatures, verified
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.operate.services import installed, installed_logs
from gongkai.runtime.metrics import Metrics

PROJECT = Path(__file__).parents[2]
OBSERVE = PROJECT / "deploy" / "observe"
COMPOSE: dict[str, Any] = YAML(typ="safe").load((PROJECT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """deploy/secrets, made twice: the second time changes nothing."""
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    command = [sys.executable, str(PROJECT / "deploy" / "make-secrets"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    subprocess.run(command, check=True, capture_output=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return folder


def given(service: str) -> dict[str, str]:
    """By the name that a container sees, the secret that it gets."""
    return dict(map(_named, COMPOSE["services"][service].get("secrets", [])))


def _named(secret: Any) -> tuple[str, str]:
    return (secret, secret) if isinstance(secret, str) else (secret["target"], secret["source"])


def test_every_secret_that_is_given_is_made(made: Path) -> None:
    for secret in COMPOSE["secrets"].values():
        assert (made / Path(secret["file"]).relative_to("deploy/secrets")).is_file()
    for name in COMPOSE["services"]:
        assert set(given(name).values()) <= set(COMPOSE["secrets"])


def test_nobody_gets_what_is_somebody_elses() -> None:
    assert set(given("witness")) == {"witness.key", "logs.vkeys"}
    owners = {log.schema for log in installed_logs().values()}
    for service in installed():
        assert "witness.key" not in given(service)
        assert ("gongkai_witness_vkey" in given(service)) == (service in owners)
        assert ("gongkai_metrics_token" in given(service)) == (service == "portal")


def test_the_witness_is_a_user_of_its_own_with_a_folder_of_its_own() -> None:
    witness = COMPOSE["services"]["witness"]
    number = witness["user"].split(":")[0]
    image = (PROJECT / "deploy" / "Dockerfile").read_text()
    assert f"--uid {number} " in image
    assert f"--uid {number} " not in image.split("useradd")[1]
    (volume,) = witness["volumes"]
    name, folder = volume.split(":")
    assert f"--owner=gongkai-witness --group=gongkai-witness {folder}" in image
    assert [s for s, said in COMPOSE["services"].items() if f"{name}:" in str(said.get("volumes"))] == [
        "witness"
    ]
    assert witness["networks"] == ["inner"]
    assert "ports" not in witness


def test_witness_and_logs_know_each_other(made: Path, tmp_path: Path) -> None:
    for name in ("witness.key", "logs.vkeys"):
        (tmp_path / name).write_bytes((made / "witness" / name).read_bytes())
    witness = Folder(tmp_path).open("witness")
    trusted = Verifier.parse((made / "witness_vkey").read_text().strip())
    try:
        for log in installed_logs().values():
            keys = KeyFile(made / "deployment" / "logs" / log.schema / f"{log.name}.key")
            note = Checkpoint(keys.origin, 0, EMPTY).sign(keys.signers())
            answer = witness.add_checkpoint(f"old 0\n\n{note}")
            assert answer.status == 200, answer.body
            assert verified(parse(str(note)).plus(parse_signatures(answer.body)), [trusted])
    finally:
        witness.close()


def shown() -> set[str]:
    return {sample.name for family in Metrics().registry.collect() for sample in family.samples} | {
        name + suffix
        for family in Metrics().registry.collect()
        for name in [family.name]
        for suffix in {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}.get(
            family.type, ("",)
        )
    }


def test_what_is_asked_of_the_metrics_exists() -> None:
    alerts = YAML(typ="safe").load((OBSERVE / "alerts.yml").read_text())
    rules = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    dashboard = json.loads((OBSERVE / "dashboard.json").read_text())
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for expr in (*rules, *panels) for name in re.findall(r"\bgongkai_\w+", expr)}
    assert len(asked) > 12
    assert asked <= shown()


def test_every_service_is_scraped() -> None:
    jobs = YAML(typ="safe").load((OBSERVE / "prometheus.yml").read_text())["scrape_configs"]
    targets = {t: job for job in jobs for each in job["static_configs"] for t in each["targets"]}
    assert set(targets) == {f"{service}:8080" for service in installed()}
    assert "credentials_file" in targets["portal:8080"]["authorization"]
