"""`gongkai keys`, `verify`, `copy` on files alone: exit codes, and sentences in both languages."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from gongkai.cli.commands.proofs import app
from gongkai.ledger.audit import VerificationFailed, verify_log
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.note import COSIGNATURE, Signer, Verifier, sign
from gongkai.ledger.tiles import WIDTH, Edge, TileName, bundle, tiles_of
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.operate.logs.copying import copy
from gongkai.operate.logs.sources import Copy, Server, Unreachable
from gongkai.operate.processes.credentials import Credentials
from tests.unit.ledger.test_proof import LOG as BUNDLE_LOG
from tests.unit.ledger.test_proof import WITNESS as BUNDLE_WITNESS
from tests.unit.ledger.test_proof import bundle as proof_bundle

LOG = Signer.generate("gongkai.example/log/intake")


def run(*argv: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in argv])


def write_copy(folder: Path, size: int, forged: int = -1) -> Copy:
    """A log as files, the way any client of the tiles would have fetched it."""
    records = [b"forged" if n == forged else b"record %d" % n for n in range(size)]
    edge = Edge()
    tiles = edge.grow(b"".join(map(leaf_hash, records)))
    made = Copy(folder)
    bundles = {
        TileName(None, n // WIDTH, min(WIDTH, size - n)): records[n : n + WIDTH]
        for n in range(0, size, WIDTH)
    }
    contents = {name: tiles[name.level or 0, name.index] for name in tiles_of(size)}
    for name, content in (contents | {name: bundle(found) for name, found in bundles.items()}).items():
        made.file(name).parent.mkdir(parents=True, exist_ok=True)
        made.file(name).write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint").write_text(str(Checkpoint(LOG.name, size, edge.root()).sign([LOG])))
    return made


def test_a_copy_is_verified_with_the_key_alone(tmp_path: Path) -> None:
    write_copy(tmp_path / "intake", 600)
    for where in (tmp_path, tmp_path / "intake"):
        found = run("verify", "--copy", where, "--vkey", LOG.verifier)
        assert found.exit_code == 0, found.output
        assert "intake：600 条完整，未经联署 / intake: 600 entries, whole, not cosigned" in found.output


def test_damage_ends_with_exit_code_1_and_names_the_position(tmp_path: Path) -> None:
    made = write_copy(tmp_path / "intake", 600)
    file = made.file(TileName(None, 1))
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    found = run("verify", "--copy", tmp_path, "--vkey", LOG.verifier)
    assert found.exit_code == 1
    assert "第 511 位的条目与签名时不同" in found.output
    assert "the entry at position 511 isn't the one that was signed" in found.output


def test_an_older_checkpoint_is_held_against_the_copy(tmp_path: Path) -> None:
    write_copy(tmp_path / "old", 300)
    write_copy(tmp_path / "intake", 600, forged=100)
    found = run(
        "verify",
        "--copy",
        tmp_path / "intake",
        "--since",
        tmp_path / "old" / "checkpoint",
        "--vkey",
        LOG.verifier,
    )
    assert found.exit_code == 1
    assert "的历史被改写：前 300 条" in found.output


def test_a_checkpoint_of_another_log_is_no_evidence(tmp_path: Path) -> None:
    write_copy(tmp_path / "intake", 5)
    other = Signer.generate("gongkai.example/log/other")
    (tmp_path / "kept").write_text(str(Checkpoint(other.name, 0, bytes(32)).sign([other])))
    trust = ("--vkey", LOG.verifier, "--vkey", other.verifier)
    found = run("verify", "--copy", tmp_path, "--since", tmp_path / "kept", *trust)
    assert found.exit_code == 1
    assert "is of gongkai.example/log/other" in found.output


def test_a_copy_goes_on_where_it_was_and_keeps_its_checkpoints(tmp_path: Path) -> None:
    keys, into = [LOG.verifier], tmp_path / "copy" / "intake"
    for size in (0, 3, 256, 300, 700):
        assert copy(write_copy(tmp_path / str(size), size), into, keys).size == size
    assert {file.name for file in (into / "checkpoints").iterdir()} == {"0", "3", "256", "300", "700"}
    assert sorted(str(f.relative_to(into)) for f in (into / "tile").rglob("*") if f.is_file()) == sorted(
        f"tile/{name}" for name in ("0/000", "0/001", "0/002.p/188", "1/000.p/2", "entries/000", "entries/001",
                                    "entries/002.p/188")
    )  # fmt: skip
    found = run("verify", "--copy", into, "--vkey", LOG.verifier)
    assert found.exit_code == 0
    assert "only appended to since the checkpoint of 300" in found.output


def test_a_copy_is_made_over_http_with_an_auditors_token(tmp_path: Path) -> None:
    there = write_copy(tmp_path / "there", 300)

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/log/intake/")
        if "entries" in path and request.headers.get("authorization") != "Bearer auditor":
            return httpx.Response(401)
        file = there.folder / path
        return httpx.Response(200, content=file.read_bytes()) if file.is_file() else httpx.Response(404)

    def server(**headers: str) -> Server:
        http = httpx.Client(transport=httpx.MockTransport(answer), headers=headers)
        return Server(http, "http://console.test/log/intake")

    with pytest.raises(Unreachable, match="auditor's token"):
        copy(server(), tmp_path / "copy", [LOG.verifier])
    assert not (tmp_path / "copy" / "checkpoint").exists()
    copy(server(authorization="Bearer auditor"), tmp_path / "copy", [LOG.verifier])
    assert run("verify", "--copy", tmp_path / "copy", "--vkey", LOG.verifier).exit_code == 0
    assert verify_log(server(authorization="Bearer auditor"), [LOG.verifier]).verified.checkpoint.size == 300


def test_a_copy_refuses_a_history_that_did_not_only_grow(tmp_path: Path) -> None:
    into = tmp_path / "copy"
    copy(write_copy(tmp_path / "a", 300), into, [LOG.verifier])
    before = (into / "checkpoint").read_text()
    with pytest.raises(VerificationFailed, match="was rewritten"):
        copy(write_copy(tmp_path / "b", 600, forged=100), into, [LOG.verifier])
    with pytest.raises(VerificationFailed, match="has become shorter"):
        copy(write_copy(tmp_path / "c", 200), into, [LOG.verifier])
    assert (into / "checkpoint").read_text() == before


def test_a_bundle_is_verified_offline(tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(proof_bundle(3).to_json())
    (tmp_path / "keys").write_text(
        f"# handed over on paper\n{BUNDLE_LOG.verifier}\n{BUNDLE_WITNESS.verifier}\n"
    )
    found = run("verify", file, "--vkey", tmp_path / "keys")
    assert found.exit_code == 0, found.output
    assert "第 3 位" in found.output
    assert "cosigned by gongkai.example/witness" in found.output
    file.write_text(proof_bundle(3).to_json().replace("公开", "不公开"))
    found = run("verify", file, "--vkey", tmp_path / "keys")
    assert found.exit_code == 1
    assert "包含证明不成立" in found.output
    assert "the inclusion proof doesn't hold" in found.output


def test_a_witness_whose_key_was_handed_over_must_have_cosigned(tmp_path: Path) -> None:
    write_copy(tmp_path, 5)
    witness = Signer.generate("gongkai.example/witness", COSIGNATURE)
    trust = ("--vkey", LOG.verifier, "--vkey", witness.verifier)
    found = run("verify", "--copy", tmp_path, *trust)
    assert found.exit_code == 1
    assert "没有见证人 gongkai.example/witness 的联署" in found.output
    note = (tmp_path / "checkpoint").read_text()
    line = witness.sign(note.partition("\n\n")[0] + "\n", 1_700_000_000).line
    (tmp_path / "checkpoint").write_text(note + line)
    assert run("verify", "--copy", tmp_path, *trust).exit_code == 0


@pytest.mark.parametrize("key", ["nonsense", "a+00000000+AAAA", "/nowhere/to/be/found"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    write_copy(tmp_path, 5)
    found = run("verify", "--copy", tmp_path, "--vkey", key)
    assert found.exit_code == 1
    assert "/" in str(found.exception)


def test_keys_are_printed_so_that_verify_takes_them(tmp_path: Path) -> None:
    here = Credentials(tmp_path / "secrets")
    here.make()
    witness = Signer.generate(f"{here.origin()}/witness", COSIGNATURE)
    here.remember_witness(str(witness.verifier))
    printed = run("keys", "--data", tmp_path).output
    vkeys = [Verifier.parse(line) for line in printed.splitlines() if not line.startswith("#")]
    assert {key.name.rpartition("/")[2] for key in vkeys} == {
        "intake",
        "review",
        "publishing",
        "scoring",
        "witness",
    }
    assert "PRIVATE" not in printed


def test_a_key_is_rotated_and_the_old_one_retired(tmp_path: Path) -> None:
    here = Credentials(tmp_path / "secrets")
    here.make()
    (tmp_path / "witness").mkdir()
    file = KeyFile(here.log_keys("intake") / "intake.key")
    (old,) = file.vkeys()
    assert run("keys", "--rotate", "intake", "--data", tmp_path).exit_code == 0
    assert [str(signer.verifier) for signer in file.signers()] == file.vkeys()
    assert file.vkeys()[1] == old
    assert run("keys", "--retire", "intake", "--data", tmp_path).exit_code == 0
    assert [str(signer.verifier) for signer in file.signers()] == file.vkeys()[:1]
    assert file.vkeys()[1] == old
    told = (tmp_path / "witness" / "logs.vkeys").read_text().split()
    assert set(file.vkeys()) < set(told)
    assert len(told) == 5
    assert sign("x\n", file.signers()).signatures[0].name == here.origin() + "/log/intake"


def test_who_has_no_keys_is_told_what_to_do(tmp_path: Path) -> None:
    for argv in (("keys",), ("verify", "--copy", tmp_path)):
        found = run(*argv, "--data", tmp_path / "nothing")
        assert found.exit_code == 1
        assert "gongkai up" in str(found.exception) or "--vkey" in str(found.exception)
