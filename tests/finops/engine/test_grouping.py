from hypothesis import given
from hypothesis import strategies as st

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import FileChange
from finops.engine.grouping import laid_together
from finops.pr_body import all_metadata
from tests.finops.engine.conftest import NAMES, World
from tests.finops.engine.test_good_manners import behave, push


def approved_group(world: World) -> list[OpportunityRecord]:
    behave(world, group_by_team=True)
    return [world.approved(name) for name in NAMES]


def deliver(world: World, records: list[OpportunityRecord]) -> list[OpportunityRecord]:
    for record in records:
        world.engine.open_pull_request(record.id, revision=record.opportunity.revision)
    return [world.engine.ledger.get(record.id) for record in records]


def test_what_a_team_has_approved_becomes_one_pull_request(world: World) -> None:
    records = deliver(world, approved_group(world))

    [pull_request] = world.host.list_pull_requests()
    assert {r.status for r in records} == {Status.PULL_REQUEST_OPEN}
    assert {r.pull_request_number for r in records} == {pull_request.number}
    assert {m.opportunity for m in all_metadata(pull_request.body)} == {r.id for r in records}
    assert len(world.host.diff(pull_request.number)) == 3
    assert pull_request.title.startswith("3 changes for team web: Lower CPU request")


def test_a_merge_moves_every_member(world: World) -> None:
    records = deliver(world, approved_group(world))
    world.host.merge(1, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()

    after = {world.engine.ledger.get(r.id).status for r in records}

    assert after == {Status.MERGED}


def test_a_close_is_a_no_for_every_member(world: World) -> None:
    records = deliver(world, approved_group(world))
    world.host.close(1, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()

    assert {world.engine.ledger.get(r.id).status for r in records} == {Status.DENIED}


def test_one_that_cannot_be_planned_is_sent_back_alone(world: World) -> None:
    behave(world, group_by_team=True)
    world.estate.cpu_request["elsewhere"] = 500
    records = [world.approved(name) for name in ("frontend", "cart", "elsewhere")]

    frontend, cart, elsewhere = deliver(world, records)

    assert (frontend.status, cart.status) == (Status.PULL_REQUEST_OPEN,) * 2
    assert elsewhere.status is Status.NOTIFIED


def test_one_alone_is_no_group(world: World) -> None:
    behave(world, group_by_team=True)
    record = world.opened()

    [pull_request] = world.host.list_pull_requests()

    assert pull_request.branch == f"finops/{record.id}"


def test_changes_in_one_file_go_into_one_commit(world: World) -> None:
    both = "\n---\n".join(
        world.host.read_files().files[f"apps/{name}.yaml"].decode() for name in ("cart", "frontend")
    )
    push(world, "main", "apps/cart.yaml", both.encode())
    push(world, "main", "apps/frontend.yaml", b"moved: true\n")
    behave(world, group_by_team=True)
    records = [world.approved(name) for name in ("frontend", "cart")]
    deliver(world, records)

    [(path, diff)] = world.host.diff(1)
    removed = [line for line in diff.splitlines() if line.startswith("-  ")]

    assert path == "apps/cart.yaml"
    assert removed == ["-              cpu: 500m"] * 2


def test_a_neighbours_push_has_the_whole_group_laid_anew(world: World) -> None:
    deliver(world, approved_group(world))
    path = "apps/cart.yaml"
    moved = world.host.read_files().files[path] + b"# moved\n"
    push(world, "main", path, moved)
    world.engine.watch_pull_requests()

    changed = [path for path, _ in world.host.diff(1)]
    world.host.merge(1, by="U0MERGER", at=world.estate.now)

    assert len(changed) == 3
    assert world.host.read_files().files[path].endswith(b"# moved\n")


def test_a_member_of_a_merged_group_is_reverted_alone(world: World) -> None:
    from tests.finops.engine.test_reverting import merge_newest, revert

    first, *_ = deliver(world, approved_group(world))
    world.host.merge(1, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()
    revert(world, world.engine.ledger.get(first.id))
    merge_newest(world)

    files = world.host.read_files().files

    assert b"cpu: 500m" in files["apps/frontend.yaml"]
    assert b"cpu: 500m" not in files["apps/cart.yaml"]


LINES = [b"a\n", b"b\n", b"c\n", b"d\n", b"e\n", b"f\n"]


@given(st.integers(0, 5), st.integers(0, 5))
def test_two_edits_of_different_lines_are_both_there_and_neighbours_are_not_mixed(
    one: int, other: int
) -> None:
    before = b"".join(LINES)
    first = b"".join([*LINES[:one], b"one\n", *LINES[one + 1 :]])
    second = b"".join([*LINES[:other], b"other\n", *LINES[other + 1 :]])
    laid = laid_together({"x": FileChange("x", before, first)}, [FileChange("x", before, second)])
    expected = [*LINES]
    expected[one], expected[other] = b"one\n", b"other\n"

    if abs(one - other) > 1:
        assert laid is not None
        assert laid["x"].after == b"".join(expected)
    else:
        assert laid is None
