"""Who is who: accounts, sessions, sign-in by OpenID Connect, keys of systems."""
