"""Who is who across Slack and a code host, and whether two pairs of eyes saw a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.identities import Eyes, Identities, four_eyes, is_login

KNOWN = Identities({"U0BOB": "bob-k", "U0CAROL": "Carol"}, {"U0BOB": "bob", "U0DAVE": "dave"})


@pytest.mark.parametrize(
    ("agreed", "merger", "committers", "eyes"),
    [
        ({"U0BOB"}, "carol", (), Eyes.TWO),
        ({"U0BOB"}, "BOB-K", (), Eyes.ONE),
        # No login is known, but he is called so in Slack.
        ({"U0DAVE"}, "dave", (), Eyes.ONE),
        ({"U0DAVE"}, "carol", (), Eyes.TWO),
        # Nobody has that login: it may be the approver's second account.
        ({"U0BOB"}, "stranger", (), Eyes.UNKNOWN),
        ({"U0BOB", "U0DAVE"}, "stranger", (), Eyes.TWO),
        ({"U0BOB"}, "", (), Eyes.ONE),
        (set(), "carol", (), Eyes.ONE),
        # The local code host knows people by their Slack ids.
        ({"U0APPROVER"}, "U0APPROVER", (), Eyes.ONE),
        ({"U0APPROVER"}, "U0MERGER", (), Eyes.TWO),
        # What was added after the approval has been approved by nobody.
        ({"U0BOB", "U0DAVE"}, "carol", ("carol",), Eyes.ONE),
        ({"U0BOB"}, "carol", ("stranger",), Eyes.TWO),
        ({"U0BOB"}, "", ("stranger",), Eyes.ONE),
        ({"U0BOB"}, "carol", ("stranger", "CAROL"), Eyes.ONE),
    ],
)
def test_two_people_are_two_only_where_both_are_known(
    agreed: set[str], merger: str, committers: tuple[str, ...], eyes: Eyes
) -> None:
    found = four_eyes(KNOWN, agreed=agreed, merger=merger, committers=committers)

    assert found.eyes is eyes
    assert found.sentence.endswith(".")


@given(st.sampled_from(["bob-k", "Carol", "x", "dave", ""]), st.booleans())
def test_one_person_alone_is_never_two(merger: str, is_known: bool) -> None:
    identities = KNOWN if is_known else Identities()
    user = identities.user_of(merger)

    found = four_eyes(identities, agreed={user or "U0BOB"}, merger=merger, committers=())

    assert found.eyes is not Eyes.TWO or (user not in ("", "U0BOB"))
    assert not user or found.eyes is Eyes.ONE


@pytest.mark.parametrize("text", ["octocat", "a", "pri-ya", "anna_acme"])
def test_logins_are_taken(text: str) -> None:
    assert is_login(text)


@pytest.mark.parametrize("text", ["", "-a", "a b", "../x", "a" * 64, "<!channel>", "a\n", "@me"])
def test_what_is_no_login_is_not(text: str) -> None:
    assert not is_login(text)
