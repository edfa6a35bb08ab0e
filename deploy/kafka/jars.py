"""Java, and the jars that make a broker: brought by Maven the first time, and exactly those of jars.sha256."""
# ruff: noqa: S603 (it runs java and mvn)

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIB = HERE / "target" / "lib"


class Failure(Exception):
    """What a person has to read, and exit code 1."""


def say(line: str) -> None:
    print(f"kafka: {line}", file=sys.stderr, flush=True)


@functools.cache
def java() -> str:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise Failure("未找到 Java。No java: install JDK 17 or later (Debian: openjdk-17-jdk-headless).")
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < 17:
        raise Failure(f"需要 JDK 17 以上。JDK 17 or later is needed; {found} says: {said.strip()}")
    return found


def whole() -> bool:
    """Does target/lib hold exactly the jars of jars.sha256, byte for byte?"""
    lines = (HERE / "jars.sha256").read_text().splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}
    if {jar.name for jar in LIB.glob("*")} != expected.keys():
        return False
    return all(hashlib.sha256((LIB / name).read_bytes()).hexdigest() == expected[name] for name in expected)


def resolve() -> None:
    """Bring the jars with Maven unless they are here. Of two runs at once, one waits for the other."""
    LIB.parent.mkdir(exist_ok=True)
    with (LIB.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if whole():
            return
        maven = shutil.which("mvn")
        if maven is None:
            raise Failure("未找到 Maven。No mvn: install Maven 3.6.3 or later (Debian: maven).")
        say(f"resolving Apache Kafka with Maven into {LIB}")
        shutil.rmtree(LIB, ignore_errors=True)
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={LIB}"]
        command = [maven, "-q", "-B", "-C", "-f", str(HERE / "pom.xml"), *goal]
        code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
        if code:
            raise Failure(f"Maven 未能取得 Kafka。Maven could not bring Kafka (exit code {code}); see above.")
        if not whole():
            raise Failure("jar 与 jars.sha256 不一致。What Maven brought is not what jars.sha256 names.")
