"""Assigning an owner: who may, what moves, what is remembered, and two people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.assignments import AssignmentScope
from finops.domain.cluster_objects import NamespacePolicy, Pod
from finops.domain.errors import (
    AlreadyDecided,
    InvalidInput,
    NotPermitted,
    Refused,
    TryAgainLater,
)
from finops.domain.estate import Snapshot
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.ownership import owner_rule
from finops.domain.people import Actor, Approvers, Directory, Team
from finops.domain.pull_request import RepositoryFiles
from finops.engine.assigning import Assigned
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger
from tests.finops.engine.conftest import Estate

TRIAGER = Actor("U0TRIAGER01", name="tina")
LEAD = Actor("U0LEAD00001", name="lea")  # owns web, approves nothing
CHIEF = Actor("U0CHIEF0001", name="carl")  # owns and approves for data
APPROVER = Actor("U0APPROVE01", name="amy")  # approves for web, owns nothing
STRANGER = Actor("U0OTTO00001", name="otto")
DIRECTORY = Directory(
    teams=(
        Team(name="web", channel="C0WEB", owners=(LEAD.id,), approvers=Approvers((APPROVER.id,))),
        Team(name="data", channel="C0DATA", owners=(CHIEF.id,), approvers=Approvers((CHIEF.id,))),
    ),
    default_approvers=Approvers(users=(TRIAGER.id,)),
    triage_channel="C0TRIAGE",
)
ONE, ALL = AssignmentScope.RESOURCE, AssignmentScope.NAMESPACE


@dataclass
class Unowned:
    """The estate without a team on anything, but for the labels that a test sets."""

    estate: Estate
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    has_paths: bool = True

    def snapshot(self, *, now: Any) -> Snapshot:
        whole = self.estate.snapshot(now=now)
        workloads = tuple(
            replace(
                w,
                team="unknown",
                tags=self.labels.get(w.name, {}),
                source_path=f"apps/{w.name}.yaml" if self.has_paths else "",
            )
            for w in whole.workloads
        )
        return replace(whole, workloads=workloads, **self.more)


@dataclass
class Town:
    engine: FinOpsEngine
    source: Unowned

    def scan(self) -> None:
        self.engine.scan("shop")

    def record(self, name: str = "frontend") -> OpportunityRecord:
        [found] = [r for r in self.engine.ledger.find() if r.opportunity.resource.name == name]
        return found

    def card(self, name: str = "frontend") -> OpportunityRecord:
        """A card that stands in the triage channel."""
        record = self.record(name)
        self.engine.card_posted(record.id, channel="C0TRIAGE", message_id=name, render_hash="h")
        return self.engine.ledger.get(record.id)

    def assign(
        self, name: str = "frontend", team: str = "web", scope: AssignmentScope = ONE, **who: Actor
    ) -> Assigned:
        actor = who.get("actor", TRIAGER)
        return self.engine.assign(self.record(name).id, team=team, scope=scope, actor=actor)

    def teams(self) -> dict[str, str]:
        found = self.engine.ledger.find()
        return {r.opportunity.resource.name: r.opportunity.team for r in found}

    def intents(self) -> list[tuple[str, Any]]:
        later = self.source.estate.now + timedelta(days=36_500)
        found: list[tuple[str, Any]] = []
        while leased := self.engine.ledger.lease_intents(owner="t", now=later, limit=100):
            for intent in leased:
                found.append((intent.kind, dict(intent.payload)))
                self.engine.ledger.finish_intent(intent.id, now=later)
        return found


@pytest.fixture
def town(ledger: SavingsLedger) -> Town:
    source = Unowned(Estate())
    engine = FinOpsEngine(
        ledger, directory=DIRECTORY, snapshots={"shop": source}, now=lambda: source.estate.now
    )
    made = Town(engine, source)
    made.scan()
    return made


# What it does


def test_an_assigned_card_moves_and_the_thread_says_who_did_it(town: Town) -> None:
    town.card()
    town.intents()

    done = town.assign()

    assert (done.team, done.moved, done.record.opportunity.team) == ("web", 1, "web")
    assert (done.record.opportunity.revision, done.record.status) == (2, Status.DETECTED)
    assert owner_rule(done.record.opportunity) == "assigned by tina on 2026-11-23"
    assert town.intents() == [
        ("post_card", {}),
        (
            "post_note",
            {
                "event": "assigned",
                "actor": TRIAGER.id,
                "sentence": "team web, this resource only.",
                "channel": "C0TRIAGE",
            },
        ),
    ]
    assert [e.action for e in town.engine.ledger.history_of(done.record.id)][-2:] == [
        "assigned",
        "assigned",
    ]
    assert town.engine.ledger.verify_audit().is_intact


def test_the_next_cycles_honour_it_and_what_was_seen_stays_as_old_as_it_was(town: Town) -> None:
    seen = town.card().last_seen_at
    town.source.estate.now += timedelta(hours=1)
    town.assign()
    assert town.record().last_seen_at == seen

    for _ in range(2):
        town.source.estate.now += timedelta(days=1)
        town.scan()

    assert town.teams() == {"frontend": "web", "cart": "unknown", "search": "unknown"}
    assert town.record().opportunity.revision == 2


def test_a_namespace_takes_what_nobody_owns_and_asks_for_a_cycle(town: Town) -> None:
    town.source.labels = {"cart": {"team": "data"}}
    town.scan()
    town.card()
    town.card("search")
    town.intents()

    done = town.assign(scope=ALL)
    assert done.moved == 2
    assert [kind for kind, _ in town.intents()].count("run_cycle") == 1
    town.source.estate.cpu_request["late"] = 500
    town.source.estate.now += timedelta(days=1)
    town.scan()

    assert town.teams() == {"frontend": "web", "cart": "data", "search": "web", "late": "web"}
    assert "with its namespace by tina" in owner_rule(town.record("late").opportunity)


def test_a_namespace_cannot_be_assigned_from_what_has_an_owner(town: Town) -> None:
    town.source.labels = {"cart": {"team": "legacy"}}
    town.scan()

    with pytest.raises(Refused, match="assign only this resource"):
        town.assign("cart", scope=ALL)
    assert town.assign("cart").record.opportunity.team == "web"


def test_a_card_that_was_never_posted_waits_for_its_channels_budget(town: Town) -> None:
    town.intents()
    town.assign()

    assert [kind for kind, _ in town.intents()] == ["post_note"]


def test_what_is_already_decided_stays_with_those_who_decided(town: Town) -> None:
    card = town.card()
    town.engine.approve(card.id, revision=1, actor=TRIAGER)

    done = town.assign()

    assert (done.moved, done.record.opportunity.team) == (0, "unknown")
    assert done.record.status is Status.APPROVED


def test_a_snoozed_one_moves_asleep(town: Town) -> None:
    card = town.card()
    town.engine.snooze(card.id, revision=1, actor=TRIAGER, days=7)

    done = town.assign()

    assert (done.record.status, done.record.opportunity.team) == (Status.SNOOZED, "web")


def test_taken_back_it_is_whose_the_other_rules_say(town: Town) -> None:
    town.card()
    town.assign()
    town.engine.unassign(town.record().id, actor=LEAD)
    town.source.labels = {"frontend": {"team": "data"}}
    town.source.estate.now += timedelta(days=1)
    town.scan()

    assert town.record().opportunity.team == "data"
    with pytest.raises(
        Refused, match=r"Nobody has assigned web/frontend \(server\)\. by team=data"
    ):
        town.engine.unassign(town.record().id, actor=CHIEF)


def test_a_team_is_named_as_people_write_it_or_refused_with_a_hint(town: Town) -> None:
    assert town.assign(team=" WEB ").team == "web"
    with pytest.raises(InvalidInput, match=r"no team “dta”\. Did you mean data\?"):
        town.assign(team="dta")
    with pytest.raises(InvalidInput, match="Known: web, data"):
        town.assign(team="marketing")


# Who may


@pytest.mark.parametrize(
    ("actor", "team", "refusal"),
    [
        (TRIAGER, "web", ""),
        (TRIAGER, "data", ""),
        (LEAD, "web", ""),
        (LEAD, "data", "You may not assign this"),
        (STRANGER, "web", "You may not assign this"),
        (APPROVER, "web", "You may not assign this"),
        (CHIEF, "data", "one person take it and approve it"),
    ],
)
def test_who_may_assign_what_nobody_owns(town: Town, actor: Actor, team: str, refusal: str) -> None:
    if not refusal:
        assert town.assign(team=team, actor=actor).record.opportunity.team == team
        return
    with pytest.raises(NotPermitted, match=refusal) as refused:
        town.assign(team=team, actor=actor)

    assert TRIAGER.id in refused.value.users
    assert town.record().opportunity.team == "unknown"
    assert town.engine.ledger.history_of(town.record().id)[-1].action == "refused"


@pytest.mark.parametrize(
    ("actor", "may"),
    [(TRIAGER, True), (LEAD, True), (APPROVER, True), (CHIEF, False), (STRANGER, False)],
)
def test_who_may_give_away_what_a_team_owns(town: Town, actor: Actor, may: bool) -> None:
    town.assign(team="web")

    if may:
        assert town.assign(team="data", actor=actor).record.opportunity.team == "data"
        return
    with pytest.raises(NotPermitted, match="You may not reassign this"):
        town.assign(team="data", actor=actor)


def test_nobody_gives_to_a_team_for_which_only_he_approves(ledger: SavingsLedger) -> None:
    both = Team(name="web", owners=(CHIEF.id,), approvers=Approvers((APPROVER.id,)))
    source = Unowned(Estate())
    engine = FinOpsEngine(
        ledger,
        directory=replace(DIRECTORY, teams=(both, DIRECTORY.teams[1])),
        snapshots={"shop": source},
        now=lambda: source.estate.now,
    )
    town = Town(engine, source)
    town.scan()
    town.assign(team="web")

    with pytest.raises(NotPermitted, match="you may not give this to data yourself"):
        town.assign(team="data", actor=CHIEF)


# Twice, at once, and half


def test_a_double_click_is_one_assignment(town: Town) -> None:
    town.card()
    town.intents()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: town.assign(), range(2)))

    assert sorted(done.moved for done in results) == [0, 1]
    assert [kind for kind, _ in town.intents()] == ["post_card", "post_note"]
    assert town.record().opportunity.revision == 2


def test_the_same_word_of_another_person_names_the_first(town: Town) -> None:
    town.assign()

    with pytest.raises(AlreadyDecided, match="already assigned to team web") as refused:
        town.assign(actor=LEAD)
    assert refused.value.decided_by == TRIAGER.id


def test_of_two_people_the_later_wins_and_the_earlier_is_named(town: Town) -> None:
    town.card()
    town.intents()
    with ThreadPoolExecutor(2) as pool:
        first, second = (
            pool.submit(town.assign, team=team, actor=actor)
            for team, actor in (("web", TRIAGER), ("data", replace(TRIAGER, name="tina2")))
        )
        results = [first.result(), second.result()]

    notes = [p["sentence"] for kind, p in town.intents() if kind == "post_note"]
    assert town.record().opportunity.revision == 3
    assert {done.moved for done in results} == {1}
    assert "Before, it was team" in notes[-1]
    assert town.record().opportunity.team in notes[-1].split(",")[0]


def test_an_assignment_that_dies_half_way_has_changed_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.card()
    town.intents()

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("finops.engine.assigning.remember_name", die)
    with pytest.raises(KeyboardInterrupt):
        town.assign()
    monkeypatch.undo()

    assert (town.teams()["frontend"], town.intents()) == ("unknown", [])
    town.source.estate.now += timedelta(days=1)
    town.scan()
    assert town.record().opportunity.team == "unknown"
    assert town.assign().moved == 1


# The files of the repository


@dataclass
class Flaky:
    """A code host that can be told to fail."""

    host: LocalGitHost
    fails: bool = False

    def read_files(self) -> RepositoryFiles:
        if self.fails:
            raise TryAgainLater("The code host is down.")
        return self.host.read_files()


def test_codeowners_are_read_from_the_real_repository_and_an_outage_moves_nothing(
    ledger: SavingsLedger, bare_repository: Callable[..., Path]
) -> None:
    files = {".github/CODEOWNERS": b"/apps/frontend.yaml @acme/web\n/apps/cart.yaml @acme/data\n"}
    flaky = Flaky(LocalGitHost(bare_repository(files), "acme/platform", str))
    source = Unowned(Estate())
    engine = FinOpsEngine(
        ledger,
        directory=DIRECTORY,
        snapshots={"shop": source},
        owner_files={"shop": flaky},
        now=lambda: source.estate.now,
    )
    town = Town(engine, source)
    town.scan()
    assert town.teams() == {"frontend": "web", "cart": "data", "search": "unknown"}
    reason = owner_rule(town.record("search").opportunity)
    assert reason.endswith("CODEOWNERS has no line for apps/search.yaml.")

    flaky.fails = True
    source.estate.now += timedelta(days=1)
    result = engine.scan("shop")

    assert town.teams() == {"frontend": "web", "cart": "data", "search": "unknown"}
    assert [g.sentence for g in result.gaps] == [
        "CODEOWNERS and catalog-info.yaml could not be read: The code host is down."
    ]
    assert result.revised == 0


def test_a_snapshot_that_lost_its_manifests_moves_nothing(
    ledger: SavingsLedger, bare_repository: Callable[..., Path]
) -> None:
    files = {".github/CODEOWNERS": b"/apps/ @acme/web\n"}
    source = Unowned(Estate())
    engine = FinOpsEngine(
        ledger,
        directory=DIRECTORY,
        snapshots={"shop": source},
        owner_files={"shop": LocalGitHost(bare_repository(files), "acme/platform", str)},
        now=lambda: source.estate.now,
    )
    town = Town(engine, source)
    town.scan()
    before = set(town.teams().values())
    source.has_paths = False
    source.estate.now += timedelta(days=1)
    result = engine.scan("shop")

    assert before == set(town.teams().values()) == {"web"}
    assert result.revised == 0


def test_a_cluster_that_hides_its_namespaces_keeps_the_owners_they_named(town: Town) -> None:
    town.source.more = {
        "namespaces": (NamespacePolicy(namespace="web", tags={"team": "data"}),),
        "pods": (Pod(namespace="web", name="p", node="n"),),
    }
    town.scan()
    assert set(town.teams().values()) == {"data"}

    town.source.more = {"pods": (Pod(namespace="web", name="p", node="n"),)}
    town.source.estate.now += timedelta(days=1)
    town.scan()

    assert set(town.teams().values()) == {"data"}
