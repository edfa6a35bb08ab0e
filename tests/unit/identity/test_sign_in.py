"""Sign-in: it redirects within the console only, and an empty token matches nothing."""

import pytest

from gongkai.identity.pages.sign_in import local_address
from gongkai.identity.sessions import tokens_match


@pytest.mark.parametrize("address", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", ""])
def test_a_sign_in_never_leads_elsewhere(address: str) -> None:
    assert local_address(address) == "/"


def test_a_sign_in_leads_to_the_page_that_was_asked_for() -> None:
    assert local_address("/documents/doc-1?done=1") == "/documents/doc-1?done=1"


def test_nothing_is_no_token() -> None:
    assert not tokens_match("", "")
    assert not tokens_match(None, None)
    assert not tokens_match("a", "b")
    assert tokens_match("a", "a")
