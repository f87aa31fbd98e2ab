"""Errors become sentences with people in them."""

import pytest

from finops.domain.errors import AlreadyDecided, FinOpsError, NotPermitted, Refused, TryAgainLater
from handlers.errors import sentence_of
from tests.handlers.builders import APPROVERS, PRIYA


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refused("The window is closed."), "The window is closed."),
        (Refused("<!channel> & co"), "&lt;!channel&gt; &amp; co"),
        (
            NotPermitted(
                f"These may: {PRIYA}, {APPROVERS}.", users=(PRIYA,), user_groups=(APPROVERS,)
            ),
            f"These may: <@{PRIYA}>, <!subteam^{APPROVERS}>.",
        ),
        (
            NotPermitted("You may not.", user_groups=(APPROVERS,)),
            f"You may not. These may: <!subteam^{APPROVERS}>.",
        ),
        (
            NotPermitted("Nobody may approve for team web yet: a platform engineer sets it."),
            "Nobody may approve for team web yet: a platform engineer sets it.",
        ),
        (
            AlreadyDecided(f"This is already denied by {PRIYA}.", decided_by=PRIYA),
            f"This is already denied by <@{PRIYA}>.",
        ),
        (
            TryAgainLater("The database is away."),
            "Something outside did not answer, so nothing was changed: The database is away.",
        ),
    ],
)
def test_an_error_is_a_sentence(error: FinOpsError, sentence: str) -> None:
    assert sentence_of(error) == sentence
