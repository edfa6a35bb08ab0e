"""Ports: the same ones at every start, and a taken one is named."""

import socket
from pathlib import Path

import pytest

from gongkai.operate.processes.ports import PARTS, PortBusy, choose
from gongkai.operate.services import installed


def test_every_part_gets_a_port_of_its_own(tmp_path: Path) -> None:
    chosen = choose(tmp_path / "ports.json", "127.0.0.1", 0)
    assert sorted(chosen) == sorted((*installed(), *PARTS))
    assert len(set(chosen.values())) == len(chosen)


def test_the_next_start_uses_the_same(tmp_path: Path) -> None:
    first = choose(tmp_path / "ports.json", "127.0.0.1", 0)
    assert choose(tmp_path / "ports.json", "127.0.0.1", None) == first


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    first = choose(tmp_path / "ports.json", "127.0.0.1", 0)
    with socket.create_server(("127.0.0.1", first["broker"])):
        second = choose(tmp_path / "ports.json", "127.0.0.1", None)
    assert second["broker"] != first["broker"]
    assert second["console"] == first["console"]


def test_the_address_that_people_know_never_changes_unasked(tmp_path: Path) -> None:
    first = choose(tmp_path / "ports.json", "127.0.0.1", 0)
    taken = socket.create_server(("127.0.0.1", first["console"]))
    with taken, pytest.raises(PortBusy, match=f"端口 {first['console']}.*--port.*port {first['console']}"):
        choose(tmp_path / "ports.json", "127.0.0.1", None)
