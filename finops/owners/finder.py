"""Asks every rule in its order; the first that answers wins, and says so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from finops.domain.assignments import Assignment, AssignmentScope
from finops.domain.people import UNKNOWN_TEAM, Team
from finops.owners.owner import Owner, OwnerRules
from finops.owners.repository import RepositoryOwners
from finops.owners.team_names import TeamNames

_NOTHING: Mapping[str, str] = {}
_SHOWN = 60  # characters of what strangers wrote, in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of a resource that may say whose it is.

    `labels` are the object's own with its annotations, None for what is no Kubernetes object;
    `tags` the cloud's. `team` is what its source made of that. `path` is the file that declares it.
    """

    key: str
    kind: str
    name: str
    cluster: str
    namespace: str = ""
    labels: Mapping[str, str] | None = None
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    team: str = UNKNOWN_TEAM
    path: str = ""


# An owner, or why there is none: words of a sentence, empty where the rule has nothing to say.
Answer = Owner | str


class OwnerFinder:
    """The rules with everything they look at; pure, for one snapshot.

    `namespace_tags` are labels and annotations by namespace. `before` is the team of the last cycle
    by key, given only when something could not be asked that might name it again.
    """

    def __init__(
        self,
        rules: OwnerRules,
        teams: Sequence[Team],
        *,
        assignments: Iterable[Assignment] = (),
        repository: RepositoryOwners | None = None,
        namespace_tags: Mapping[str, Mapping[str, str]] | None = None,
        before: Mapping[str, str] = _NOTHING,
    ) -> None:
        self._rules = rules
        self._names = TeamNames(teams)
        self._assigned = {(each.scope, each.key): each for each in assignments}
        self._repository = repository or RepositoryOwners()
        self._namespace_tags = namespace_tags or {}
        self._team_of_namespace = {name: t.name for t in teams for name in t.namespaces}
        self._before = before
        self._in_order: tuple[Callable[[Subject], Answer], ...] = (
            self._by_assignment,
            self._by_object,
            self._by_pods,
            self._by_source,
            self._by_namespace,
            self._by_tag,
            self._by_configuration,
            self._by_catalog,
            self._by_codeowners,
            self._by_assigned_namespace,
            self._as_before,
        )

    def owner_of(self, subject: Subject) -> Owner:
        """The first rule's answer; an unknown team with every reason when none has one."""
        reasons: list[str] = []
        for rule in self._in_order:
            answer = rule(subject)
            if isinstance(answer, Owner):
                return answer
            if answer:
                reasons.append(answer)
        return Owner(UNKNOWN_TEAM, _sentence(reasons))

    def _by_assignment(self, subject: Subject) -> Answer:
        return self._given_by(self._assigned.get((AssignmentScope.RESOURCE, subject.key)))

    def _by_object(self, subject: Subject) -> Answer:
        return self._labelled(subject.labels or _NOTHING, f"on the {_short(subject.kind)}") or ""

    def _by_pods(self, subject: Subject) -> Answer:
        found = self._labelled(subject.pod_labels, "on its pods")
        if found is not None or subject.labels is None:
            return found or ""
        keys = _listed(self._rules.label_keys)
        return f"no label or annotation {keys} on the {_short(subject.kind)}" if keys else ""

    def _by_source(self, subject: Subject) -> Answer:
        """A pushed team; one that a source took from a tag is left to the rule of tags."""
        written = subject.team
        if written == UNKNOWN_TEAM or written in (subject.tags or _NOTHING).values():
            return ""
        return self._owner(written, "as given with the data") or ""

    def _by_namespace(self, subject: Subject) -> Answer:
        tags = self._namespace_tags.get(subject.namespace, _NOTHING)
        return self._labelled(tags, f"on namespace {_short(subject.namespace)}") or ""

    def _by_tag(self, subject: Subject) -> Answer:
        if subject.tags is None:
            return ""
        folded = {key.lower(): value for key, value in subject.tags.items()}
        for key in self._rules.tag_keys:
            written = subject.tags.get(key) or folded.get(key.lower(), "")
            found = self._owner(written, f"by tag {key}={_short(written)}")
            if found is not None:
                return found
        return f"no tag {_listed(self._rules.tag_keys)}" if subject.labels is None else ""

    def _by_configuration(self, subject: Subject) -> Answer:
        namespace = subject.namespace
        if not namespace:
            return ""
        team = self._team_of_namespace.get(namespace)
        if team is None:
            return f"namespace {_short(namespace)} is mapped to no team"
        return Owner(team, f"by namespace {_short(namespace)} in finops.yml")

    def _by_catalog(self, subject: Subject) -> Answer:
        catalog = self._repository.catalog
        if catalog is None or subject.labels is None or not subject.namespace:
            return ""
        labels = {**subject.pod_labels, **subject.labels}
        found = catalog.claimants(subject.namespace, subject.name, labels)
        owners = {component.owner: component for component in found}
        if len(owners) > 1:
            names = _listed(sorted(_short(c.name) for c in found)[:3], "and")
            return f"Backstage components {names} claim it for different owners"
        for written, component in owners.items():
            by = f"by Backstage component {_short(component.name)} ({_short(component.path)})"
            return self._owner(written, by) or ""
        return "no Backstage component claims it"

    def _by_codeowners(self, subject: Subject) -> Answer:
        codeowners = self._repository.codeowners
        if codeowners is None or not subject.namespace:
            return ""
        if not subject.path:
            return "the file that declares it is not known"
        line = codeowners.line_for(subject.path)
        path = _short(subject.path, 120)
        if line is None:
            return f"CODEOWNERS has no line for {path}"
        if not line.owners:
            return f"CODEOWNERS line {line.number} leaves {path} without an owner"
        written = self._one_of(line.owners)
        by = f"by CODEOWNERS line {line.number} ({_short(line.pattern)} {_short(written)})"
        return self._owner(self._called(written), by) or ""

    def _by_assigned_namespace(self, subject: Subject) -> Answer:
        if not subject.namespace:
            return ""
        key = f"{subject.cluster}/{subject.namespace}"
        return self._given_by(self._assigned.get((AssignmentScope.NAMESPACE, key)))

    def _as_before(self, subject: Subject) -> Answer:
        team = self._before.get(subject.key, UNKNOWN_TEAM)
        if team == UNKNOWN_TEAM:
            return ""
        return Owner(team, "as before: what may say it now could not be read")

    def _given_by(self, assignment: Assignment | None) -> Answer:
        if assignment is None:
            return ""
        return Owner(self._names.named(assignment.team) or assignment.team, assignment.rule)

    def _labelled(self, labels: Mapping[str, str], place: str) -> Owner | None:
        for key in self._rules.label_keys:
            written = labels.get(key, "")
            if written and (found := self._owner(written, f"by {key}={_short(written)} {place}")):
                return found
        return None

    def _owner(self, written: str, rule: str) -> Owner | None:
        team = self._names.named(written)
        return Owner(team, rule) if team else None

    def _one_of(self, owners: Sequence[str]) -> str:
        """Of several owners a configured team, else the first team, else the first person."""
        teams = [owner for owner in owners if "/" in owner] or list(owners)
        known = [owner for owner in teams if self._names.configured(self._called(owner))]
        return (known or teams)[0]

    def _called(self, owner: str) -> str:
        """`@acme/shop` is team shop, unless an alias in finops.yml says otherwise."""
        if self._names.configured(owner) or "/" not in owner:
            return self._names.configured(owner) or owner
        return owner.rpartition("/")[2]


def _sentence(reasons: Sequence[str]) -> str:
    words = ", ".join(reasons) or "nothing in the estate names a team"
    return f"{words[0].upper()}{words[1:]}."


def _listed(words: Sequence[str], conjunction: str = "or") -> str:
    *first, last = words or ("",)
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _short(text: str, limit: int = _SHOWN) -> str:
    """Text of a stranger as a sentence may hold it."""
    if len(text) <= limit and text.isprintable():
        return text
    printable = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return printable if len(printable) <= limit else f"{printable[: limit - 1]}…"
