"""`make mutants`: changes the functions that carry out clauses, one at a time, and lists the changes that no test notices.

Each mutant meets the unit tests of its module, then the scenarios that carry its clauses, and is done at the first that
fails. Those of `handmade.py` have to be caught by the scenario that each names, or the run fails. What survives is
written to `build/mutants.txt`; docs/mutants.md explains it.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain

import pytest

import gongkai
from tests.mutants.functions import Site, sites
from tests.mutants.handmade import HANDMADE
from tests.mutants.selection import PROJECT, tiers
from tests.mutants.session import GROUND, Result, Session, Trial

LIST = PROJECT / "build/mutants.txt"
BY_HAND = "by hand"
PYTEST = ("-q", "-s", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=60")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, help="this many, one a function first; else all")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("GONGKAI_SEED", "0")))
    parser.add_argument("--seconds", type=float, help="begin none after this long")
    parser.add_argument(
        "--only", default="", help="functions whose dotted name has this in it; none made by hand"
    )
    options = parser.parse_args(arguments)
    begin = time.monotonic()
    found = [
        site for site in sites(gongkai.__path__) if options.only in f"{site.file.module}.{site.function}"
    ]
    chosen = found if options.count is None else sample(found, options.count, options.seed)
    by_hand = [] if options.only else _by_hand()
    tests = {test for trial in by_hand for _, names in trial.tiers for test in names}
    tests |= {test for site in chosen for tier in tiers(site.file.module, site.clauses) for test in tier}
    session = Session(
        chain(by_hand, _trials(chosen)),
        None if options.seconds is None else begin + options.seconds,
        _tell,
    )
    files = sorted({test.partition("::")[0] for test in tests})
    ended = pytest.main([*PYTEST, GROUND, *files], plugins=[session])
    if not session.results:
        return int(ended) or 1
    return _summed(session, len(found), options.seed, time.monotonic() - begin)


def _by_hand() -> list[Trial]:
    """Before them their scenarios without a mutant: what fails anyway notices nothing."""
    scenarios = list(dict.fromkeys(each.scenario for each in HANDMADE))
    trials = [Trial(each.mutant(), [(BY_HAND, [each.scenario])]) for each in HANDMADE]
    return [Trial(None, [(BY_HAND, scenarios)]), *trials]


def sample(found: list[Site], count: int, seed: int) -> list[Site]:
    """At random, but each function once before any comes twice: small ones carry clauses too."""
    chance = random.Random(seed)
    left: dict[str, list[Site]] = {}
    for site in found:
        left.setdefault(f"{site.file.module}.{site.function}", []).append(site)
    for each in left.values():
        chance.shuffle(each)
    picked: list[Site] = []
    while len(picked) < count and left:
        names = sorted(left)
        chance.shuffle(names)
        for name in names[: count - len(picked)]:
            picked.append(left[name].pop())
            if not left[name]:
                del left[name]
    return picked


def _trials(chosen: Sequence[Site]) -> Iterator[Trial]:
    """As they are needed: each holds a module's source twice."""
    for site in chosen:
        mutant = site.mutant()
        if mutant is not None:
            unit, scenarios = tiers(site.file.module, site.clauses)
            yield Trial(mutant, [("unit", unit), ("scenario", scenarios)])


def _tell(result: Result) -> None:
    by = {"none": "-- survived", "lost": "-- not made"}.get(result.by, result.by)
    mutant = result.trial.mutant
    print(f"{by:12} {result.seconds:5.1f} s  {mutant.name if mutant else 'no mutant at all'}", flush=True)


def _summed(session: Session, total: int, seed: int, seconds: float) -> int:
    control = [result for result in session.results if result.trial.mutant is None]
    named = [r for r in session.results if r.trial.mutant and r.trial.tiers[0][0] == BY_HAND]
    made = [r for r in session.results if r.trial.mutant and r.trial.tiers[0][0] != BY_HAND]
    survived = [result for result in made if result.by == "none"]
    lost = sum(result.by == "lost" for result in made)
    LIST.parent.mkdir(exist_ok=True)
    LIST.write_text("\n".join(map(_described, survived)), encoding="utf-8")
    print(
        f"\n{len(made) - lost} of {total} mutants (seed {seed}): {len(survived)} survived, listed in "
        f"{LIST.relative_to(PROJECT)}; {lost} could not be made, {session.left} not begun; {seconds:.0f} s"
    )
    for result in survived:
        print(f"   {_named(result)}")
    escaped = [result for result in named if result.by != BY_HAND]
    print(
        f"{len(named) - len(escaped)} of {len(HANDMADE)} made by hand are caught by the scenario that each names"
    )
    for result in escaped:
        print(f"!! not caught: {_named(result)} ({result.by})")
    broken = [result for result in control if result.by != "none"]
    for result in broken:
        print(f"!! fails without a mutant: {result.test}")
    return 1 if escaped or broken else 0


def _named(result: Result) -> str:
    assert result.trial.mutant is not None
    return f"{result.trial.mutant.name}  {', '.join(result.trial.mutant.clauses)}"


def _described(result: Result) -> str:
    assert result.trial.mutant is not None
    return f"{_named(result)}\n{result.trial.mutant.diff}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
