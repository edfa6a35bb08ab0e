"""How people sign in: by the deployment's identity provider where one is named, else by local accounts."""

from pathlib import Path

from gongkai.runtime.settings import Settings


class SignInSettings(Settings):
    """Of the service in whose process identity is mounted. `console_url`: as browsers write it; sign-in comes back there."""

    oidc_issuer: str | None = None  # who says who people are; None: local accounts only
    oidc_client_id: str | None = None
    oidc_secret_file: Path | None = None  # the client's secret, where it has one
    oidc_claim: str = "sub"  # which claim names the person
    oidc_scope: str = "openid"
    oidc_label: str = ""  # what the sign-in page calls it
    console_url: str = "http://127.0.0.1:8080"
