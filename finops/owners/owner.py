"""An answer, and the settings of the rules that give it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """A team, and the rule that found it: `by team=shop on the Deployment`.

    For an unknown team `rule` is the sentence why nobody was found.
    """

    team: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRules:
    """Which keys name a team, first one first, and which files of the repository are read."""

    label_keys: tuple[str, ...] = ("team",)
    tag_keys: tuple[str, ...] = ("team", "owner")
    codeowners: bool = True
    backstage: bool = True
