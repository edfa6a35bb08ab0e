"""What intake's requests can reach: as every deciding service's, and the keys of persons."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gongkai.ledger.seal import Keys
from gongkai.runtime.service import DecidingDependencies


@dataclass(kw_only=True)
class IntakeDependencies(DecidingDependencies):
    keys: Keys


async def intake_dependencies_of(request: Request) -> IntakeDependencies:
    deps: IntakeDependencies = request.app.state.deps
    return deps


IntakeDependenciesOf = Annotated[IntakeDependencies, Depends(intake_dependencies_of)]
