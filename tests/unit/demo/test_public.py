"""The portal's form as a browser without JavaScript reads it."""

from gongkai.demo.public import _hidden

PAGE = """
<form action="/documents"><input type="hidden" name="q" value="no"></form>
<form action="/apply/send" method="post">
  <input type="hidden" name="csrf" value="a&amp;b"><input type="hidden" name="key" value="1">
  <input type="text" name="typed" value="no"><button>send</button>
</form>
<form action="/apply"><input type="hidden" name="key" value="2"></form>
"""


def test_only_the_hidden_fields_of_that_form_are_taken() -> None:
    assert _hidden(PAGE, "/apply/send") == {"csrf": "a&b", "key": "1"}
