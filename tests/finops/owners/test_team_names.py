import pytest

from finops.domain.people import Team
from finops.owners.team_names import TeamNames

NAMES = TeamNames(
    [
        Team(name="shop", aliases=("Shop Team", "@jane")),
        Team(name="Data"),
        Team(name="ops"),
        Team(name="OPS"),
    ]
)


@pytest.mark.parametrize(
    ("written", "team"),
    [
        ("shop", "shop"),
        (" SHOP ", "shop"),
        ("shop team", "shop"),
        ("@Jane", "shop"),
        ("data", "Data"),
        ("ops", "ops"),
        ("OPS", "OPS"),
        ("Ops", ""),
        ("shops", ""),
        ("shop-team", ""),
        ("", ""),
    ],
)
def test_a_team_is_recognised_by_its_name_or_an_alias_and_never_by_likeness(
    written: str, team: str
) -> None:
    assert NAMES.configured(written) == team


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  legacy  team\n", "legacy team"),
        ("Shop\u202e", "shop"),
        ("unknown", ""),
        ("Unknown", ""),
        ("   ", ""),
        ("t" * 253, "t" * 253),
        ("t" * 254, ""),
    ],
)
def test_a_name_that_is_no_team_is_kept_tidily_and_what_names_nobody_is_not(
    written: str, name: str
) -> None:
    assert NAMES.named(written) == name
