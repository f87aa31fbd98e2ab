from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.money import Saving
from handlers.blocks import text


@given(st.text(), st.integers(5, 100))
def test_safe_text_is_never_empty_never_too_long_and_never_markup(words: str, limit: int) -> None:
    shown = text.safe(words, limit)

    assert 0 < len(shown) <= limit
    assert not set(shown) & set("<>`*\n")
    assert shown == shown.encode().decode()


@given(st.text(alphabet="&<>a", min_size=50), st.integers(5, 40))
def test_truncation_cuts_no_entity(words: str, limit: int) -> None:
    rest = text.safe(words, limit)
    for entity in ("&amp;", "&lt;", "&gt;"):
        rest = rest.replace(entity, "")

    assert "&" not in rest


@pytest.mark.parametrize(
    ("saving", "words"),
    [
        (Saving(Decimal(73), Decimal(0)), "saves $73/month"),
        (Saving(Decimal(0), Decimal("41.5")), "frees $41.50/month of room"),
        (Saving(Decimal(1), Decimal(2)), "saves $1/month and frees $2/month of room"),
        (Saving(), "saves nothing"),
    ],
)
def test_cash_and_room_each_have_their_own_verb(saving: Saving, words: str) -> None:
    assert text.saving_words(saving) == words


def test_people_are_mentioned_and_others_are_words() -> None:
    assert text.person("U0PRIYA0001") == "<@U0PRIYA0001>"
    assert text.person("policy") == "policy"
    assert text.person("<!channel>") == "&lt;!channel&gt;"
    assert text.person("") == "somebody"


def test_only_plain_addresses_become_links() -> None:
    assert text.link("https://x.test/1?a=1&b=2", "PR #7") == "<https://x.test/1?a=1&amp;b=2|PR #7>"
    assert text.link("javascript:alert(1)", "PR #7") == "PR #7"
    assert text.link("https://x.test/|<!channel>", "PR #7") == "PR #7"
