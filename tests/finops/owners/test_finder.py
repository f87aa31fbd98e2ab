"""The rules in their order, on everything that a snapshot holds."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from finops.domain.assignments import Assignment, AssignmentScope
from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.cluster_objects import Claim, Pod
from finops.domain.estate import Node, Snapshot, Volume, Workload
from finops.domain.people import Team
from finops.owners.finder import OwnerFinder
from finops.owners.owner import Owner, OwnerRules
from finops.owners.repository import RepositoryOwners, read_owners
from finops.owners.snapshot import with_owners
from tests.finops.examples import NOW, UNIT_PRICES

TEAMS = (
    Team(name="shop", aliases=("Shop Team",), namespaces=("shop",)),
    Team(name="data"),
    Team(name="platform"),
)
CODEOWNERS = (
    b"* @acme/platform\n/apps/data/ @acme/other @acme/data\n/apps/orphan/\n/apps/me/ @jane\n"
)
CATALOG = b"""\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: wiki}
spec: {owner: group:default/data}
"""
FILES = read_owners(
    {"CODEOWNERS": CODEOWNERS, "catalog/wiki/catalog-info.yaml": CATALOG}, OwnerRules()
)
WIKI = Workload(
    cluster="prod",
    namespace="tools",
    kind="Deployment",
    name="wiki",
    source_path="apps/tools/wiki.yaml",
)
POD = Pod(
    namespace="tools",
    name="wiki-0",
    node="n",
    workload_kind="Deployment",
    workload_name="wiki",
    labels={"team": "data"},
)


def assigned(key: str, team: str = "data", scope: str = "resource") -> Assignment:
    return Assignment(
        scope=AssignmentScope(scope),
        key=key,
        team=team,
        assigned_by="U0OLIVIA001",
        assigned_at=datetime(2026, 11, 28, 9, tzinfo=UTC),
        name="olivia",
    )


def snapshot(**parts: Any) -> Snapshot:
    return Snapshot(cluster="prod", taken_at=NOW, unit_prices=UNIT_PRICES, **parts)


def owner(workload: Workload, *, pods: tuple[Pod, ...] = (), **known: Any) -> Owner:
    finder = OwnerFinder(OwnerRules(label_keys=("team", "squad")), TEAMS, **known)
    [found] = with_owners(snapshot(workloads=(workload,), pods=pods), finder).workloads
    return Owner(found.team, found.owner_rule)


# Each line adds one weaker rule's answer fewer: the strongest one that is left must win.
EVERYTHING: dict[str, Any] = {
    "assignments": (
        assigned("prod/tools/Deployment/wiki", "platform"),
        assigned("prod/tools", "shop", "namespace"),
    ),
    "namespace_tags": {"tools": {"squad": "platform"}},
    "repository": FILES,
}


def test_the_first_rule_that_answers_wins_and_says_so() -> None:
    labelled = replace(WIKI, tags={"team": "Shop Team"})
    rest = EVERYTHING | {"assignments": EVERYTHING["assignments"][1:]}
    files = {"repository": FILES, "assignments": rest["assignments"]}
    codeowners = {"repository": replace(FILES, catalog=None), "assignments": rest["assignments"]}
    steps = [
        owner(labelled, pods=(POD,), **EVERYTHING),
        owner(labelled, pods=(POD,), **rest),
        owner(WIKI, pods=(POD,), **rest),
        owner(replace(WIKI, team="data"), **rest),
        owner(WIKI, **rest),
        owner(replace(WIKI, namespace="shop"), **files),
        owner(WIKI, **files),
        owner(WIKI, **codeowners),
        owner(WIKI, assignments=rest["assignments"]),
    ]

    assert steps == [
        Owner("platform", "assigned by olivia on 2026-11-28"),
        Owner("shop", "by team=Shop Team on the Deployment"),
        Owner("data", "by team=data on its pods"),
        Owner("data", "as given with the data"),
        Owner("platform", "by squad=platform on namespace tools"),
        Owner("shop", "by namespace shop in finops.yml"),
        Owner("data", "by Backstage component wiki (catalog/wiki/catalog-info.yaml)"),
        Owner("platform", "by CODEOWNERS line 1 (* @acme/platform)"),
        Owner("shop", "assigned with its namespace by olivia on 2026-11-28"),
    ]


def test_nobody_is_said_with_every_reason() -> None:
    files = read_owners({"CODEOWNERS": b"/apps/shop/ @acme/shop"}, OwnerRules())

    assert owner(WIKI, repository=files) == Owner(
        "unknown",
        "No label or annotation team or squad on the Deployment, namespace tools is mapped to no "
        "team, CODEOWNERS has no line for apps/tools/wiki.yaml.",
    )


@pytest.mark.parametrize(
    ("path", "team", "rule"),
    [
        ("apps/data/etl.yaml", "data", "by CODEOWNERS line 2 (/apps/data/ @acme/data)"),
        ("apps/me/a.yaml", "@jane", "by CODEOWNERS line 4 (/apps/me/ @jane)"),
        ("apps/orphan/a.yaml", "unknown", "CODEOWNERS line 3 leaves apps/orphan/a.yaml without"),
        ("", "unknown", "the file that declares it is not known"),
    ],
)
def test_codeowners_name_teams_people_or_nobody(path: str, team: str, rule: str) -> None:
    found = owner(replace(WIKI, source_path=path), repository=replace(FILES, catalog=None))

    assert found.team == team
    assert rule in found.rule


def test_a_name_that_is_no_team_is_kept_and_no_weaker_rule_is_asked() -> None:
    found = owner(replace(WIKI, tags={"team": "legacy"}), repository=FILES)

    assert found == Owner("legacy", "by team=legacy on the Deployment")


def test_components_that_contradict_each_other_answer_nothing() -> None:
    both = CATALOG + b"---\n" + CATALOG.replace(b"/data", b"/shop")
    files = read_owners({"catalog-info.yaml": both}, OwnerRules())

    assert "claim it for different owners" in owner(WIKI, repository=files).rule


def test_what_could_not_be_asked_leaves_a_resource_with_the_team_it_had() -> None:
    before = {"prod/tools/Deployment/wiki": "data"}

    assert owner(WIKI, before=before).team == "data"
    assert owner(replace(WIKI, tags={"team": "shop"}), before=before).team == "shop"


def test_rules_can_be_turned_off_and_broken_files_are_gaps() -> None:
    files = {"CODEOWNERS": CODEOWNERS, "catalog-info.yaml": b"a: ["}
    off = read_owners(files, OwnerRules(codeowners=False, backstage=False))
    on = read_owners(files | {"docs/catalog-info.yml": CATALOG}, OwnerRules())

    assert off == RepositoryOwners()
    assert [gap.hides for gap in on.gaps] == [frozenset()]
    assert "catalog-info.yaml line 2" in on.gaps[0].sentence
    assert on.catalog is not None


def test_what_a_stranger_wrote_is_short_and_printable_in_a_sentence() -> None:
    found = owner(replace(WIKI, tags={"team": "a\u202eb" * 70}))

    assert found.rule.isprintable()
    assert len(found.rule) < 120


def test_machines_disks_and_cloud_resources_have_owners_too() -> None:
    finder = OwnerFinder(
        OwnerRules(),
        TEAMS,
        assignments=[
            assigned("prod/NodeGroup/general"),
            assigned("prod/Volume/vol-2"),
            assigned("prod/LoadBalancer/lb-1"),
        ],
    )

    def node(name: str, group: str = "", **more: Any) -> Node:
        return Node(
            cluster="prod",
            name=name,
            node_group=group,
            instance_type="m6i.large",
            cpu_millicores=2000,
            memory_bytes=8 * 2**30,
            **more,
        )

    def volume(name: str, **more: Any) -> Volume:
        return Volume(volume_id=name, size_gib=8, volume_type="gp3", is_attached=False, **more)

    found = with_owners(
        snapshot(
            nodes=(
                node("a", "general"),
                node("b", labels={"team": "shop"}, tags={"Team": "data"}),
                node("c", tags={"Team": "data"}),
            ),
            volumes=(
                volume("vol-1", tags={"owner": "SHOP"}),
                volume("vol-2", tags={"owner": "shop"}),
                volume("vol-3"),
                volume("vol-4", tags={"x": "y"}),
            ),
            claims=(Claim(namespace="shop", name="c", phase="Bound", volume_handle="vol-3"),),
            cloud_resources=(
                CloudResource(
                    kind=CloudKind.LOAD_BALANCER, resource_id="lb-1", account="1", region="r"
                ),
            ),
        ),
        finder,
    )

    assert [(n.team, n.owner_rule[:12]) for n in found.nodes] == [
        ("data", "assigned by "),
        ("shop", "by team=shop"),
        ("data", "by tag team="),
    ]
    assert [v.team for v in found.volumes] == ["shop", "data", "shop", "unknown"]
    assert found.volumes[3].owner_rule == "No tag team or owner."
    assert found.cloud_resources[0].team == "data"


def test_a_tag_that_the_settings_leave_out_does_not_count_by_way_of_the_source() -> None:
    finder = OwnerFinder(OwnerRules(tag_keys=("team",)), TEAMS)
    volume = Volume(
        volume_id="v", size_gib=8, volume_type="gp3", is_attached=False,
        tags={"owner": "jane"}, team="jane",
    )  # fmt: skip

    assert with_owners(snapshot(volumes=(volume,)), finder).volumes[0].team == "unknown"


def test_ten_thousand_workloads_have_their_owners_in_half_a_second() -> None:
    workloads = tuple(
        replace(WIKI, name=f"w{n}", source_path=f"apps/t{n % 500}/{n % 7}.yaml")
        for n in range(10_000)
    )
    lines = b"".join(b"/apps/t%d/ @acme/t%d\n" % (n, n) for n in range(500))
    finder = OwnerFinder(
        OwnerRules(), TEAMS, repository=read_owners({"CODEOWNERS": lines}, OwnerRules())
    )
    start = time.perf_counter()
    found = with_owners(snapshot(workloads=workloads), finder)
    took = time.perf_counter() - start

    assert found.workloads[501].team == "t1"
    assert took < 2  # 0.2 s on an idle machine
