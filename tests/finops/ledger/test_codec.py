"""What is written of a proposal and read again, today's and that of older versions."""

from finops.domain.opportunity import Change, Setting
from finops.ledger.codec import proposal_to_json
from finops.savings_ledger import SavingsLedger
from tests.finops.examples import NOW, opportunity

PAIR = (
    Change(Setting.CPU_REQUEST, 500, 302),
    Change(Setting.HPA_CPU_TARGET, 70, 116, "web"),
)


def test_the_holder_of_a_setting_is_kept(database_url: str) -> None:
    ledger = SavingsLedger(database_url)
    with ledger.transaction() as tx:
        tx.record(opportunity(changes=PAIR), seen_at=NOW)
    kept = ledger.find()[0].opportunity.changes
    ledger.close()

    assert kept == PAIR


def test_a_change_without_a_holder_is_written_as_before() -> None:
    written = proposal_to_json(opportunity(changes=PAIR))["changes"]

    assert written == [
        ["cpu_request_millicores", 500, 302],
        ["hpa_cpu_target_percent", 70, 116, "web"],
    ]
