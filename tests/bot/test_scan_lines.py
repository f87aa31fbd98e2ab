"""How a scan looks: ranked, cash and room apart, noes counted, what is not seen named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.scan_lines import Line, result_lines, summary_lines
from bot.scanning import NotScanned, Scanned
from finops.domain.cluster_objects import Pod
from finops.domain.estate import Gap, Node, Snapshot, SnapshotPart, Workload
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped, WasteKind
from finops.domain.quantities import GIB
from finops.rightsizing.packing.joint import joint_saving
from tests.finops.currencies import EUROS, dollars_left
from tests.finops.examples import UNIT_PRICES
from tests.handlers.builders import record

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def found(**changed: object) -> Opportunity:
    return record(**changed).opportunity  # type: ignore[arg-type]  # fields by name


def scanned(**changed: object) -> Scanned:
    values: dict[str, object] = {
        "cluster": "shop-prod", "taken_at": NOW, "seconds": 1.23, "opportunities": (),
        "skipped": (), "gaps": (),
    }  # fmt: skip
    return Scanned(**(values | changed))  # type: ignore[arg-type]  # fields by name


def texts(lines: list[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in lines]


def lines_of(result: Scanned | NotScanned, *, everything: bool = False, width: int = 80) -> str:
    return "\n".join(texts(result_lines(result, width=width, everything=everything)))


def test_cash_and_room_stand_in_two_columns() -> None:
    cash = found(kind=WasteKind.IDLE_NODE)
    room = found(saving=Saving(freed_usd_per_month=Decimal("51.65")))

    shown = lines_of(scanned(opportunities=(cash, room), new=1)).splitlines()

    assert shown[0] == "shop-prod  2 opportunities, 1 new  read in 1.2 s"
    assert shown[3].split()[1:3] == ["$73", "–"]
    assert next(line for line in shown if "$51.65" in line).split()[1:3] == ["–", "$51.65"]


def test_what_was_decided_already_says_so() -> None:
    shown = lines_of(scanned(opportunities=(found(status=Status.DENIED),)), width=100)

    assert "(denied)" in shown


def test_twenty_are_shown_and_the_rest_is_summed() -> None:
    many = tuple(found() for _ in range(25))

    shown = lines_of(scanned(opportunities=many))

    assert "and 5 more" in shown
    assert "and 5 more" not in lines_of(scanned(opportunities=many), everything=True)


def test_noes_are_counted_and_listed_with_all() -> None:
    skips = tuple(Skipped("idle node", f"prod/Node/{n}", f"{n} of 7 days.") for n in range(9))

    short, long = (lines_of(scanned(skipped=skips), everything=each) for each in (False, True))

    assert "Left alone: 9" in short
    assert "prod/Node/3" not in short
    assert all(f"prod/Node/{n} (idle node)" in long for n in range(9))


def test_a_gap_says_what_it_may_hide() -> None:
    gap = Gap("aws", "AWS refused ec2:DescribeVolumes.", frozenset({SnapshotPart.VOLUMES}))

    shown = lines_of(scanned(gaps=(gap,)))

    assert "aws: AWS refused ec2:DescribeVolumes." in shown
    assert "Some volumes may exist unseen" in shown


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    result = scanned(
        opportunities=tuple(found(kind=kind) for kind in WasteKind),
        skipped=(Skipped("idle node", "prod/Node/a", "It has a reason. " * 20),),
        gaps=(Gap("aws", "It was refused. " * 20, frozenset(SnapshotPart)),),
    )

    for line in lines_of(result, everything=True, width=width).splitlines():
        assert len(line) <= width


def test_a_cluster_that_failed_says_why() -> None:
    shown = lines_of(NotScanned("eu", "The API server did not answer."))

    assert shown.splitlines() == ["eu  could not be scanned", "  The API server did not answer."]


def test_the_end_sums_and_tells_a_look_from_a_cycle() -> None:
    look = scanned(opportunities=(found(kind=WasteKind.IDLE_NODE),), is_recorded=False)

    shown = texts(summary_lines([look, NotScanned("eu", "It is down.")]))

    assert shown[0].startswith("Together: $73 a month off the bill")
    assert "nothing was recorded" in shown[1]
    assert shown[2] == "1 of 2 could not be scanned."


def test_what_all_proposals_do_together_is_one_sentence() -> None:
    snapshot = sparse_cluster()
    joint = joint_saving(snapshot, ())

    shown = lines_of(scanned(opportunities=(found(),), joint=joint), width=100)

    assert "All of it together: 2 of 3 nodes could leave, " in shown


def test_where_nothing_leaves_that_is_said_too() -> None:
    joint = joint_saving(sparse_cluster(nodes=1), ())

    assert "would empty no node" in lines_of(scanned(opportunities=(found(),), joint=joint))


def sparse_cluster(nodes: int = 3) -> Snapshot:
    """Nodes of four cores with one small pod each."""
    web = Workload(cluster="shop", namespace="shop", kind="Deployment", name="web", replicas=nodes)
    return Snapshot(
        cluster="shop",
        taken_at=NOW,
        workloads=(web,),
        nodes=tuple(
            Node(
                cluster="shop",
                name=f"n{number}",
                instance_type="m5.xlarge",
                cpu_millicores=4000,
                memory_bytes=16 * GIB,
                price_usd_per_hour=Decimal("0.192"),
            )
            for number in range(nodes)
        ),
        pods=tuple(
            Pod(
                namespace="shop",
                name=f"web-{number}",
                node=f"n{number}",
                workload_kind="Deployment",
                workload_name="web",
                cpu_request_millicores=500,
                memory_request_bytes=GIB,
                phase="Running",
            )
            for number in range(nodes)
        ),
        unit_prices=UNIT_PRICES,
    )


def test_a_scan_is_told_in_euros_with_its_rate() -> None:
    skip = Skipped("over_requested_cpu", "shop-prod/web", "Too small: it frees $0.50/month.")
    opportunities = tuple(found(kind=kind) for kind in WasteKind)
    result = scanned(opportunities=opportunities, skipped=(skip,), new=6)
    lines = result_lines(result, width=90, everything=True, currency=EUROS)

    shown = "\n".join(texts([*lines, *summary_lines([result], EUROS)]))
    assert dollars_left(shown) == []
    assert "Too small: it frees €0.46/month." in " ".join(shown.split())
    assert shown.endswith("€0.92 per $, as of 1 Nov 2026.")
