"""门户, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.portal.actions import RULES
from gongkai.portal.settings import PortalSettings
from gongkai.runtime.declaration import Service

SERVICE = Service(
    name="portal",
    zh="门户",
    en="Portal",
    package="gongkai.portal",
    folder=Path(__file__).parent,
    port=8090,
    rules=RULES,
    follows=("publishing",),
    database_roles=("public_reader",),
    owner_roles=("public_reader",),
    settings=PortalSettings,
    issues_tokens=True,
    browsers=True,
    public=True,
    interface=False,
)
