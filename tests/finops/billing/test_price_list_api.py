"""Against a server on loopback that answers, refuses, hangs and lies (see price_server)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from finops.billing.patience import Patience
from finops.billing.price_list_api import Answer, PriceListApi
from finops.billing.price_service import price_clients
from finops.billing.rate_names import Item, RateName
from finops.domain.checks import Outcome
from tests.finops.billing.price_server import (
    SESSION,
    Memory,
    PriceServer,
    Reply,
    m5_large,
    price_list,
    refusal,
    serving,
    spot_history,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MACHINE = RateName(Item.MACHINE, "m5.large")
SPOT = RateName(Item.SPOT_MACHINE, "m5.large")
REGION = "eu-central-1"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def api(server: PriceServer, **more: object) -> PriceListApi:
    fields: dict[str, object] = {"cache": Memory(), "clock": Clock()}
    return PriceListApi(server.clients(), **(fields | more))  # type: ignore[arg-type]  # its own fields


def usd(answer: Answer) -> Decimal | None:
    return answer.rate.usd if answer.rate else None


def test_a_rate_is_asked_for_once_and_remembered_with_its_day() -> None:
    with serving(lambda _: m5_large()) as server:
        prices = api(server)
        first, again = prices.rate(MACHINE, REGION), prices.rate(MACHINE, REGION)

    assert first == again
    assert first.rate is not None
    assert first.rate.usd == Decimal("0.115")
    assert (first.rate.vcpu, first.rate.memory_gib) == (2, Decimal(8))
    assert first.rate.source == "AWS Price List API, eu-central-1, 2026-11-28"
    assert len(server.asked) == 1
    assert server.asked[0]["ServiceCode"] == "AmazonEC2"
    assert server.asked[0]["regionCode"] == REGION


def test_another_replica_finds_the_fact_in_the_cache() -> None:
    cache = Memory()
    with serving(lambda _: m5_large()) as server:
        api(server, cache=cache).rate(MACHINE, REGION)
        other = api(server, cache=cache).rate(MACHINE, REGION)

    assert usd(other) == Decimal("0.115")
    assert len(server.asked) == 1


def test_a_fact_is_asked_for_anew_after_a_week() -> None:
    replies = iter([m5_large(), m5_large("0.110")])
    clock = Clock()
    with serving(lambda _: next(replies)) as server:
        prices = api(server, clock=clock)
        prices.rate(MACHINE, REGION)
        clock.now += timedelta(days=7)
        same = prices.rate(MACHINE, REGION)
        clock.now += timedelta(hours=1)
        new = prices.rate(MACHINE, REGION)

    assert (usd(same), usd(new)) == (Decimal("0.115"), Decimal("0.110"))


def test_that_there_is_no_such_price_is_remembered_too() -> None:
    with serving(lambda _: price_list()) as server:
        prices = api(server)
        answers = [prices.rate(RateName(Item.MACHINE, "m99.large"), REGION) for _ in range(3)]

    assert answers == [Answer(None)] * 3
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (refusal("AccessDeniedException"), "refused access"),
        (refusal("ThrottlingException"), "did not answer (ThrottlingException)"),
        (refusal("InternalErrorException", 500), "did not answer (InternalErrorException)"),
        (Reply("<html>Sign in to the guest network</html>"), "was not what answered"),
        (Reply("{}"), "was not what answered"),
        (Reply("", 503), "did not answer (503)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_failure_is_told_and_not_repeated(reply: Reply, problem: str) -> None:
    with serving(lambda _: reply) as server:
        prices = api(server)
        first = prices.rate(MACHINE, REGION)
        second = prices.rate(RateName(Item.NAT_GATEWAY), REGION)

    assert first == second == Answer(None, f"AWS Price List API {problem}")
    assert len(server.asked) == 1


def test_after_a_pause_it_is_asked_again() -> None:
    clock = Clock()
    replies = iter([refusal("ThrottlingException"), m5_large()])
    with serving(lambda _: next(replies)) as server:
        prices = api(server, clock=clock)
        prices.rate(MACHINE, REGION)
        clock.now += timedelta(minutes=15)
        later = prices.rate(MACHINE, REGION)

    assert usd(later) == Decimal("0.115")


def test_an_old_fact_helps_out_and_says_its_age() -> None:
    clock = Clock()
    replies = iter([m5_large(), refusal("AccessDeniedException")])
    with serving(lambda _: next(replies)) as server:
        prices = api(server, clock=clock)
        prices.rate(MACHINE, REGION)
        clock.now += timedelta(days=12)
        old = prices.rate(MACHINE, REGION)

    assert old.rate is not None
    assert old.rate.source == (
        "AWS Price List API, eu-central-1, 2026-11-28 "
        "(12 days old: AWS Price List API refused access)"
    )


def test_a_hanging_service_costs_one_timeout() -> None:
    slow = Reply("{}", seconds=2)
    with serving(lambda _: slow) as server:
        prices = PriceListApi(server.clients(timeout_seconds=0.2), Memory(), Clock())
        answers = [prices.rate(RateName(Item.MACHINE, f"m{n}.large"), REGION) for n in range(20)]

    assert {answer.problem for answer in answers} == {
        "AWS Price List API did not answer (ReadTimeoutError)"
    }
    assert len(server.asked) == 1


def test_a_cycle_waits_no_longer_than_its_budget() -> None:
    clock = Clock()
    with serving(lambda _: Reply(m5_large().body, seconds=0.05)) as server:
        prices = api(server, clock=clock, patience=Patience(budget_seconds=0.04))
        prices.rate(MACHINE, REGION)
        spent = prices.rate(RateName(Item.NAT_GATEWAY), REGION)
        clock.now += timedelta(minutes=10)
        prices.rate(RateName(Item.NAT_GATEWAY), REGION)

    assert spent.problem == (
        "AWS Price List API took 0.04 s of this cycle and is asked again in the next"
    )
    assert len(server.asked) == 2


def test_threads_that_miss_the_same_fact_ask_once() -> None:
    with serving(lambda _: Reply(m5_large().body, seconds=0.05)) as server:
        prices = api(server)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: prices.rate(MACHINE, REGION), range(8)))

    assert {usd(answer) for answer in answers} == {Decimal("0.115")}
    assert len(server.asked) == 1


def test_a_busy_database_costs_calls_but_no_prices() -> None:
    with serving(lambda _: m5_large()) as server:
        prices = api(server, cache=Memory(is_busy=True))
        answers = [prices.rate(MACHINE, REGION) for _ in range(3)]

    assert {usd(answer) for answer in answers} == {Decimal("0.115")}
    assert len(server.asked) == 1


def test_spot_is_the_median_of_the_zones_newest_prices_for_a_day() -> None:
    history = spot_history(
        ("eu-central-1a", "0.050", "2026-11-28T11:00:00.000Z"),
        ("eu-central-1a", "0.010", "2026-11-28T10:00:00.000Z"),
        ("eu-central-1b", "0.040", "2026-11-28T11:00:00.000Z"),
        ("eu-central-1c", "0.044", "2026-11-28T11:00:00.000Z"),
        ("eu-central-1d", "free", "2026-11-28T11:00:00.000Z"),
    )
    clock = Clock()
    with serving(lambda _: history) as server:
        prices = api(server, clock=clock)
        answer = prices.rate(SPOT, REGION)
        prices.rate(SPOT, REGION)
        clock.now += timedelta(days=1, minutes=1)
        prices.rate(SPOT, REGION)

    assert answer.rate is not None
    assert answer.rate.usd == Decimal("0.044")
    assert answer.rate.source == (
        "EC2 spot price history, eu-central-1, 2026-11-28, median of 3 zones"
    )
    assert len(server.asked) == 2
    assert server.asked[0]["ProductDescription.1"] == "Linux/UNIX"


def test_a_region_without_spot_prices_has_none() -> None:
    with serving(lambda _: spot_history()) as server:
        assert api(server).rate(SPOT, REGION) == Answer(None)


def test_refused_spot_prices_do_not_stop_the_price_list() -> None:
    def reply(question: dict[str, str]) -> Reply:
        if "Action" not in question:
            return m5_large()
        error = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors>"
        return Reply(f"{error}</Response>", 403)

    with serving(reply) as server:
        prices = api(server)
        spot, on_demand = prices.rate(SPOT, REGION), prices.rate(MACHINE, REGION)

    assert spot == Answer(None, "EC2 in eu-central-1 refused access")
    assert usd(on_demand) == Decimal("0.115")


def test_the_check_says_who_may_ask_and_how_old_the_facts_are() -> None:
    with serving(lambda _: m5_large()) as server:
        prices = api(server)
        empty = prices.check()
        prices.rate(MACHINE, REGION)
        filled = prices.check()

    assert [check.outcome for check in empty] == [Outcome.OK, Outcome.OK]
    assert empty[1].detail == "still empty."
    assert filled[1].detail == "1 facts, the oldest of 2026-11-28."


def test_the_check_names_the_permission_that_is_missing() -> None:
    with serving(lambda _: refusal("AccessDeniedException")) as server:
        [check, _] = api(server).check()

    assert (check.outcome, check.detail) == (Outcome.FAILED, "It refused access.")
    assert check.fix.startswith("Allow the IAM action pricing:GetProducts, or set prices.price_li")


def test_missing_credentials_and_a_closed_network_are_told_apart() -> None:
    nobody = PriceListApi(price_clients(endpoint_url="http://127.0.0.1:1"), Memory(), Clock())
    alone = PriceListApi(
        price_clients(SESSION, endpoint_url="http://127.0.0.1:1", tries=1), Memory(), Clock()
    )

    assert nobody.check()[0].fix.startswith("Give AWS credentials")
    assert alone.check()[0].fix.startswith("Let this host reach the pricing service in us-east-1")
    assert alone.rate(MACHINE, REGION).problem == (
        "AWS Price List API did not answer (EndpointConnectionError)"
    )
