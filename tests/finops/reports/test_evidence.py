"""The chain of evidence as picture, page and text."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from finops.domain.opportunity import Evidence
from finops.reports.evidence_chain import (
    CostDay,
    EvidenceChain,
    Link,
    LinkState,
    Step,
    before_and_after,
)
from finops.reports.evidence_page import evidence_html, evidence_text
from finops.reports.evidence_picture import evidence_picture
from tests.finops.reports.examples import HOSTILE
from tests.finops.reports.test_documents import ALLOWED, Page
from tests.finops.rule_examples import NOW


def chain(name: str = "shop/cart", *, states: int = 8, days: int = 0) -> EvidenceChain:
    """A chain whose first links are there; every text is `name`."""
    links = tuple(
        Link(
            step=step,
            state=LinkState.THERE if index < states else LinkState.WAITING,
            words=name,
            at=NOW if index < states else None,
            facts=(Evidence(name, name, name),),
            url=name,
        )
        for index, step in enumerate(Step)
    )
    first = NOW.date() - timedelta(days=days)
    return EvidenceChain(
        opportunity_id="op-0123456789",
        title=name,
        team=name,
        worth="$5 cash a month expected",
        as_of=NOW,
        links=links,
        days=tuple(CostDay(first + timedelta(days=i), Decimal(10 + i % 3)) for i in range(days)),
        changed_on=first + timedelta(days=days // 2) if days else None,
    )


def assert_is_a_picture(png: bytes) -> None:
    pixels = imread(io.BytesIO(png), format="png")

    assert pixels.shape[1] == 1280
    assert np.allclose(pixels[0, 0, :3], 1.0)
    assert len(png) < 600_000


@pytest.mark.parametrize("days", [0, 1, 2, 63])
@pytest.mark.parametrize("states", [0, 3, 8])
def test_any_chain_can_be_drawn(days: int, states: int) -> None:
    picture = evidence_picture(chain(days=days, states=states))

    assert_is_a_picture(picture.png)
    assert "metric window" in picture.alt_text


@settings(max_examples=10, deadline=None)
@given(name=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400)))
def test_no_name_breaks_picture_page_or_text(name: str) -> None:
    held = chain(name, days=4)
    picture = evidence_picture(held)
    page = Page(evidence_html(held, picture))

    assert_is_a_picture(picture.png)
    assert {tag for tag, _ in page.tags} <= ALLOWED | {"a", "strong", "code"}
    assert len(picture.alt_text) <= 1900
    assert evidence_text(held)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    held = chain(url)
    page = Page(evidence_html(held, evidence_picture(held)))

    assert not [tag for tag, _ in page.tags if tag == "a"]


def test_the_takeaway_counts_the_links_and_names_the_next() -> None:
    assert chain().takeaway == "The chain is whole: all 8 links are there."
    assert chain(states=3).takeaway == "3 of 8 links are there; next comes the approval."


def test_the_day_of_the_change_counts_on_neither_side() -> None:
    days = [
        CostDay(NOW.date() + timedelta(days=i), Decimal(usd)) for i, usd in enumerate((9, 5, 1))
    ]

    assert before_and_after(days, NOW.date() + timedelta(days=1)) == (Decimal(9), Decimal(1))
    assert before_and_after(days, None) == (Decimal(5), None)
    assert before_and_after([], NOW.date()) == (None, None)


def test_json_has_every_link_with_its_state() -> None:
    found = chain(states=2, days=3).as_dict()

    links = json.loads(json.dumps(found))["links"]

    assert [link["state"] for link in links][:3] == ["there", "there", "waiting"]
    assert len(json.loads(json.dumps(found))["bill_days"]) == 3
