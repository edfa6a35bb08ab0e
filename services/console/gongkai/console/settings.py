"""The console's settings: how people sign in, and the services that its pages call."""

from gongkai.identity.settings import SignInSettings


class ConsoleSettings(SignInSettings):
    intake_url: str = "http://127.0.0.1:8081"
    review_url: str = "http://127.0.0.1:8082"
    publishing_url: str = "http://127.0.0.1:8083"
    scoring_url: str = "http://127.0.0.1:8084"
