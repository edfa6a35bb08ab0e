"""Identity, wired: what the service that mounts it includes, sets up and runs at its start.

    app = build(..., routers=[*identity.ROUTERS, ...])
    identity.set_up(app, settings, FOLDER)

and in the service's components, `opened=lambda: identity.opened(deps)`. Identity's pages extend the mounting service's
`layout.html`: its folder comes first for the template loader.
"""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from gongkai.identity import accounts
from gongkai.identity.oidc import Provider
from gongkai.identity.pages import account, oidc, sign_in, tokens
from gongkai.identity.settings import SignInSettings
from gongkai.runtime.identity import Issuer
from gongkai.runtime.service import Dependencies
from gongkai.web import templates

FOLDER: Final = Path(__file__).parent
ROUTERS: Final = tuple(page.router for page in (sign_in, oidc, account, tokens))


def set_up(app: FastAPI, settings: SignInSettings, folder: Path) -> None:
    """State that identity's requests need. `folder`: of the mounting service, with its templates and static files."""
    app.state.pages = templates(folder, FOLDER)
    app.state.oidc = Provider.of(settings)
    app.state.issuer = Issuer.load(settings.service, settings.token_keys)


async def opened(deps: Dependencies) -> None:
    """Once the database is connected: the administrators' accounts, where there are none."""
    await accounts.create_administrators(deps.pool, deps.settings.token_keys, deps.wall())
