import pytest

from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from tests.finops.engine.conftest import APPROVER, MANIFEST, OUTSIDER, OWNER, World
from tests.finops.engine.test_good_manners import push

TERRAFORM = b"""\
resource "kubernetes_deployment" "frontend" {
  metadata {
    name      = "frontend"
    namespace = "web"
  }
  spec {
    template {
      spec {
        container {
          name = "server"
          resources {
            requests = { cpu = var.cpu }
          }
        }
      }
    }
  }
}

variable "cpu" {
  type = string
}
"""
OTHER = "copies/frontend.yaml"


def ambiguous(world: World) -> OpportunityRecord:
    """Approved, and declared in two places that nothing tells apart."""
    push(world, "main", OTHER, MANIFEST.format(name="frontend").encode())
    record = world.approved()
    world.engine.open_pull_request(record.id, revision=1)
    return world.engine.ledger.get(record.id)


def test_an_ambiguous_source_waits_for_a_person_and_offers_the_places(world: World) -> None:
    record = ambiguous(world)

    offered = world.engine.source_candidates(record)

    assert (record.status, record.note[:17]) == (Status.APPROVED, "Waits for a pick:")
    assert sorted(each.path for each in offered) == ["apps/frontend.yaml", OTHER]
    assert world.host.list_pull_requests() == []


def test_waiting_for_a_pick_is_not_taken_for_abandoned(world: World) -> None:
    record = ambiguous(world)
    world.engine.ledger.finish_intent(1, now=world.estate.now)
    for intent in world.engine.ledger.lease_intents(owner="t", now=world.estate.now, limit=50):
        world.engine.ledger.finish_intent(intent.id, now=world.estate.now)
    world.engine.watch_pull_requests()

    assert world.engine.ledger.get(record.id).status is Status.APPROVED


def test_the_picked_place_is_edited_and_remembered(world: World) -> None:
    record = ambiguous(world)
    [picked] = [c for c in world.engine.source_candidates(record) if c.path == OTHER]
    asked = world.intents().count("open_pull_request")

    world.engine.choose_source(record.id, choice=picked.choice, actor=OWNER)
    world.engine.open_pull_request(record.id, revision=1)

    after = world.engine.ledger.get(record.id)
    [(path, _)] = world.host.diff(1)
    assert world.intents().count("open_pull_request") == asked + 1
    assert (after.status, after.note, path) == (Status.PULL_REQUEST_OPEN, "", OTHER)
    assert "source picked" in [e.action for e in world.engine.ledger.history_of(record.id)]


def test_a_pick_holds_when_its_pull_request_is_laid_anew(world: World) -> None:
    record = ambiguous(world)
    [picked] = [c for c in world.engine.source_candidates(record) if c.path == OTHER]
    world.engine.choose_source(record.id, choice=picked.choice, actor=OWNER)
    world.engine.open_pull_request(record.id, revision=1)
    push(world, "main", OTHER, MANIFEST.format(name="frontend").encode() + b"# moved\n")
    world.engine.watch_pull_requests()

    [(path, diff)] = world.host.diff(1)

    assert path == OTHER
    assert "-              cpu: 500m" in diff
    assert "# moved" not in [line[1:] for line in diff.splitlines() if line[:1] in "+-"]


def test_strangers_may_not_pick(world: World) -> None:
    record = ambiguous(world)

    with pytest.raises(NotPermitted):
        world.engine.choose_source(record.id, choice="x", actor=OUTSIDER)


def test_what_was_not_offered_is_refused(world: World) -> None:
    record = ambiguous(world)

    with pytest.raises(InvalidInput, match="not among those offered"):
        world.engine.choose_source(record.id, choice=":../../etc/passwd", actor=APPROVER)


def test_a_second_pick_is_refused(world: World) -> None:
    record = ambiguous(world)
    first, second = world.engine.source_candidates(record)
    world.engine.choose_source(record.id, choice=first.choice, actor=OWNER)

    with pytest.raises(Refused, match="Nothing is to be picked"):
        world.engine.choose_source(record.id, choice=second.choice, actor=APPROVER)


def test_a_pick_that_names_nothing_any_more_is_asked_anew(world: World) -> None:
    record = ambiguous(world)
    [picked] = [c for c in world.engine.source_candidates(record) if c.path == OTHER]
    world.engine.choose_source(record.id, choice=picked.choice, actor=OWNER)
    push(world, "main", OTHER, b"kind: ConfigMap\n")
    push(world, "main", "third/frontend.yaml", MANIFEST.format(name="frontend").encode())
    world.engine.open_pull_request(record.id, revision=1)

    again = world.engine.ledger.get(record.id)

    assert [c.path for c in world.engine.source_candidates(again)] == [
        "apps/frontend.yaml", "third/frontend.yaml",
    ]  # fmt: skip


def test_a_value_from_outside_is_asked_for_and_written_where_the_owner_says(world: World) -> None:
    push(world, "main", "apps/frontend.yaml", b"kind: ConfigMap\n")
    push(world, "main", "infra/main.tf", TERRAFORM)
    record = world.approved()
    world.engine.open_pull_request(record.id, revision=1)
    asked = world.engine.ledger.get(record.id)
    here, default = world.engine.source_candidates(asked)

    world.engine.choose_source(record.id, choice=here.choice, actor=OWNER)
    world.engine.open_pull_request(record.id, revision=1)

    [(path, diff)] = world.host.diff(1)
    assert asked.note.startswith("Waits for a pick of where to write the value: var.cpu")
    assert (here.place[-3:], default.place) == ("cpu", "variable.cpu.default")
    assert path == "infra/main.tf"
    assert [line for line in diff.splitlines() if line.startswith(("-  ", "+  "))] == [
        "-            requests = { cpu = var.cpu }",
        '+            requests = { cpu = "200m" }',
    ]
    assert "what is set outside no longer counts" in world.host.pull_request(1).body
