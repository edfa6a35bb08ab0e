"""The portal's settings."""

from gongkai.runtime.settings import Settings


class PortalSettings(Settings):
    intake_url: str = "http://127.0.0.1:8081"
    portal_url: str = "http://127.0.0.1:8090"  # as the public writes it: its links begin so
