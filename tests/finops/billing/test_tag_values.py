"""Spellings of one team: proposed with what stands under them, never applied."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from finops.billing.tag_values import propose


def costs(**values: int) -> dict[str, Decimal]:
    return {name.replace("__", " "): Decimal(cost) for name, cost in values.items()}


def test_the_dearest_spelling_gives_the_name_and_a_beginning_may_be_short_for_it() -> None:
    sure, perhaps = propose(costs(BaseLoad=70, Base__Load=20, base_load=3, Base=5, web=9))

    assert (sure.name, sure.others) == ("BaseLoad", ("Base Load", "base_load"))
    assert sure.cost == 93
    assert str(sure) == "'Base Load', 'base_load' is 'BaseLoad' spelt differently (93.00 in all)"
    assert (perhaps.name, perhaps.others, perhaps.is_sure) == ("BaseLoad", ("Base",), False)
    assert "'Base' may be 'BaseLoad' spelt differently" in str(perhaps)


def test_a_beginning_of_two_names_and_a_short_one_are_no_proposal() -> None:
    assert not propose(costs(Base=5, BaseLoad=7, BaseLine=8))
    assert not propose(costs(it=5, items=7))
    assert not propose({"": Decimal(1), "--": Decimal(2)})


def test_what_is_configured_is_settled() -> None:
    assert not propose(costs(BaseLoad=70, Base__Load=20), known=["base load"])


@given(st.dictionaries(st.text(max_size=12), st.decimals(0, 1000, allow_nan=False), max_size=12))
def test_no_value_is_proposed_for_itself_and_the_order_is_steady(
    values: dict[str, Decimal],
) -> None:
    found = propose(values)

    assert all(proposal.name not in proposal.others for proposal in found)
    assert found == propose(dict(reversed(values.items())))
