"""From `finops.yml` to prices: the layers that the configuration names."""

from pathlib import Path

import pytest

from bot.configuration import Configuration
from bot.estate_wiring import build_prices
from finops.domain.checks import Outcome
from finops.savings_ledger import SavingsLedger


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")


def source(configuration: Configuration, folder: Path) -> str:
    ledger = SavingsLedger(f"sqlite:///{folder}/finops.db")
    price = build_prices(configuration, ledger.engine).machine_price("m5.large", region="us-east-1")
    ledger.close()
    assert price is not None
    return price.source


def test_a_configured_discount_is_taken_off(tmp_path: Path) -> None:
    configuration = Configuration.model_validate({"prices": {"discount_percent": 12}})

    assert source(configuration, tmp_path).endswith("us-east-1, July 2026, − 12 % EDP")


def test_a_configured_price_service_is_asked(tmp_path: Path) -> None:
    configuration = Configuration.model_validate({"prices": {"price_list_api": True}})

    assert source(configuration, tmp_path) == (
        "AWS public on-demand price list, us-east-1, July 2026 (AWS Price List API was not asked "
        "for want of AWS credentials)"
    )


def test_a_configured_bill_is_the_first_to_be_checked(tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("ChargePeriodStart,ResourceId,EffectiveCost\n")
    configuration = Configuration.model_validate({"bill": {"files": [str(bill)]}})
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    check = build_prices(configuration, ledger.engine).check()[0]
    ledger.close()

    assert check.subject == "bill"
    assert "It has not been read yet" in check.detail
    assert "finops cost --read" in check.fix


def test_bundled_prices_alone_are_something_to_look_at(tmp_path: Path) -> None:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    [check] = build_prices(Configuration(), ledger.engine).check()
    ledger.close()

    assert check.outcome is Outcome.WARNING
    assert "us-east-1, July 2026" in check.detail
