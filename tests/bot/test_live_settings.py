from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.configuration import Configuration
from bot.live_settings import LiveSettings
from bot.timetable import Timetable
from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger
from handlers.settings_desk import DigestTime

MEI, OTTO = Actor("U0MEI000001"), Actor("U0OTTO00001")
FILE = Configuration.model_validate(
    {
        "platform": {"users": [MEI.id]},
        "triage_channel": "C0TRIAGE",
        "teams": {"shop": {"channel": "C0SHOP"}},
        "guardrails": {"max_risk": 0.5, "protected_tags": {"vip": "deny"}},
    }
)


@pytest.fixture
def ledger(database_url: str) -> Iterator[SavingsLedger]:
    ledger = SavingsLedger(database_url)
    yield ledger
    ledger.close()


def replica(ledger: SavingsLedger, file: Configuration = FILE) -> LiveSettings:
    engine = FinOpsEngine(ledger, directory=file.directory())
    settings = LiveSettings(engine, file)
    settings.refresh()
    return settings


def test_what_the_file_leaves_open_is_set_in_slack_and_holds_at_once(ledger: SavingsLedger) -> None:
    settings = replica(ledger)
    settings.set_many(
        [
            (("teams", "shop", "owners"), ["U0OLIVIA001"]),
            (("teams", "data"), {"channel": "C0DATA", "approvers": {"users": ["U0A"]}}),
            (("leadership_channel",), "C0LEAD"),
            (("guardrails", "min_confidence"), 0.8),
        ],
        actor=MEI,
    )
    engine = settings._engine

    assert engine.directory.team("shop").owners == ("U0OLIVIA001",)
    assert engine.directory.team("shop").channel == "C0SHOP"
    assert engine.directory.team("data").approvers.users == ("U0A",)
    assert engine.directory.leadership_channel == "C0LEAD"
    assert engine.parts.guardrails.settings.min_confidence == 0.8
    assert engine.parts.guardrails.settings.max_risk == 0.5


def test_another_replica_sees_it_at_its_next_look(ledger: SavingsLedger) -> None:
    one, other = replica(ledger), replica(ledger)
    one.set_many([(("leadership_channel",), "C0LEAD")], actor=MEI)
    before = other._engine.directory.leadership_channel
    other.refresh()

    assert (before, other._engine.directory.leadership_channel) == ("", "C0LEAD")


@pytest.mark.parametrize(
    "path",
    [
        ("triage_channel",),
        ("teams", "shop", "channel"),
        ("guardrails", "max_risk"),
        ("guardrails", "protected_tags", "vip"),
        ("guardrails",),
        ("guardrails", "teams", "shop", "max_risk"),
        ("guardrails", "teams", "data", "protected_tags", "vip"),
    ],
)
def test_what_the_file_says_is_locked(ledger: SavingsLedger, path: tuple[str, ...]) -> None:
    settings = replica(ledger)

    assert settings.is_locked(path)
    with pytest.raises(Refused, match="set in the configuration file, which wins"):
        settings.set_many([(path, "x")], actor=MEI)


@pytest.mark.parametrize("path", [("clusters",), ("instance",), ("bill",), ("nonsense",)])
def test_what_needs_a_restart_is_not_set_in_slack(
    ledger: SavingsLedger, path: tuple[str, ...]
) -> None:
    with pytest.raises(Refused, match="not in Slack"):
        replica(ledger).set_many([(path, "x")], actor=MEI)


def test_only_platform_engineers_may(ledger: SavingsLedger) -> None:
    settings = replica(ledger)
    with pytest.raises(NotPermitted) as refused:
        settings.set_many([(("leadership_channel",), "C0X")], actor=OTTO)

    assert refused.value.users == (MEI.id,)
    actions = [entry.action for entry in ledger.history_of("settings/leadership_channel")]
    assert actions == ["refused"]


def test_who_was_taken_out_on_another_replica_a_moment_ago_sets_nothing(
    ledger: SavingsLedger,
) -> None:
    one, other = replica(ledger, Configuration()), replica(ledger, Configuration())
    one.claim(MEI)
    other.refresh()
    one.set_many([(("platform", "users"), [OTTO.id])], actor=MEI)
    with pytest.raises(NotPermitted) as refused:
        other.set_many([(("platform", "users"), [MEI.id])], actor=MEI)
    one.refresh()

    assert refused.value.users == (OTTO.id,)
    assert one.may_set(OTTO)


def test_a_wrong_value_changes_nothing_of_the_whole(ledger: SavingsLedger) -> None:
    settings = replica(ledger)
    with pytest.raises(InvalidInput, match=r"guardrails\.min_confidence"):
        settings.set_many(
            [(("leadership_channel",), "C0X"), (("guardrails", "min_confidence"), 7)], actor=MEI
        )

    assert settings._engine.directory.leadership_channel == ""


def test_two_teams_cannot_share_a_name_across_slack_and_file(ledger: SavingsLedger) -> None:
    with pytest.raises(InvalidInput, match="both are called"):
        replica(ledger).set_many([(("teams", "web"), {"aliases": ["Shop"]})], actor=MEI)


def test_a_setting_is_taken_back(ledger: SavingsLedger) -> None:
    settings = replica(ledger)
    settings.set_many([(("leadership_channel",), "C0X")], actor=MEI)
    settings.set_many([(("leadership_channel",), None)], actor=MEI)

    assert settings._engine.directory.leadership_channel == ""


def test_when_the_file_moves_on_it_wins_over_what_was_set(ledger: SavingsLedger) -> None:
    replica(ledger).set_many([(("teams", "web"), {"aliases": ["storefront"]})], actor=MEI)
    newer = FILE.model_dump(mode="json", exclude_unset=True)
    newer["teams"]["shop"]["aliases"] = ["Storefront"]
    settings = replica(ledger, Configuration.model_validate(newer))

    assert [team.name for team in settings._engine.directory.teams] == ["shop"]


def test_a_limit_that_the_file_names_later_holds_for_teams_with_one_of_their_own(
    ledger: SavingsLedger,
) -> None:
    own = ("guardrails", "teams", "shop")
    changes = [((*own, "min_confidence"), 0.3), ((*own, "max_changes_per_day"), 3)]
    replica(ledger).set_many(changes, actor=MEI)
    newer = FILE.model_dump(mode="json", exclude_unset=True)
    newer["guardrails"]["min_confidence"] = 0.9
    settings = replica(ledger, Configuration.model_validate(newer))
    rules = settings._engine.parts.guardrails.settings.rules_for("shop")

    assert (rules.min_confidence, rules.max_changes_per_day) == (0.9, 3)


def test_a_team_has_what_the_file_says_of_it_over_what_everybody_has(ledger: SavingsLedger) -> None:
    newer = FILE.model_dump(mode="json", exclude_unset=True)
    newer["guardrails"]["teams"] = {"shop": {"max_risk": 0.2}}
    settings = replica(ledger, Configuration.model_validate(newer))
    rules_for = settings._engine.parts.guardrails.settings.rules_for

    assert (rules_for("shop").max_risk, rules_for("data").max_risk) == (0.2, 0.5)


EMPTY = Configuration()


def test_the_first_of_two_admins_becomes_the_platform_engineer_and_the_other_is_told(
    ledger: SavingsLedger,
) -> None:
    replicas = [replica(ledger, EMPTY) for _ in range(8)]
    admins = [Actor(f"U0ADMIN000{number}") for number in range(8)]

    def claim(pair: tuple[LiveSettings, Actor]) -> str:
        settings, actor = pair
        try:
            settings.claim(actor)
        except NotPermitted as refused:
            return refused.users[0]
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(claim, zip(replicas, admins, strict=True)))
    [winner] = [admin for admin, other in zip(admins, told, strict=True) if not other]

    assert {other for other in told if other} == {winner.id}
    actions = [entry.action for entry in ledger.history_of("settings/platform")]
    assert sorted(actions) == ["refused"] * 7 + ["settings"]
    replicas[0].refresh()
    assert replicas[0].may_set(winner)


@pytest.mark.parametrize("named", [{"users": [MEI.id]}, {"user_groups": ["S0PLATFORM1"]}])
def test_who_the_file_names_is_not_claimed_from(
    ledger: SavingsLedger, named: dict[str, list[str]]
) -> None:
    settings = replica(ledger, Configuration.model_validate({"platform": named}))
    with pytest.raises(NotPermitted, match="already"):
        settings.claim(OTTO)

    assert not settings.may_set(OTTO)


def test_a_list_that_the_file_leaves_empty_is_locked_and_says_so(ledger: SavingsLedger) -> None:
    settings = replica(ledger, Configuration.model_validate({"platform": {"users": []}}))
    with pytest.raises(Refused, match="set in the configuration file, which wins"):
        settings.claim(OTTO)

    assert not settings.may_set(OTTO)


def test_somebody_has_to_be_able_to_change_settings(ledger: SavingsLedger) -> None:
    settings = replica(ledger, EMPTY)
    settings.claim(MEI)
    with pytest.raises(InvalidInput, match="at least one platform engineer"):
        settings.set_many([(("platform", "users"), [])], actor=MEI)

    assert settings.may_set(MEI)


def test_the_time_of_the_digest_changes_while_the_bot_runs(ledger: SavingsLedger) -> None:
    one, other = replica(ledger), replica(ledger)
    changes = [(("schedule", "digest_hour"), 17), (("schedule", "time_zone"), "Asia/Tokyo")]
    one.set_many(changes, actor=MEI)
    other.refresh()

    assert other.timetable() == Timetable(digest_hour=17, time_zone="Asia/Tokyo")
    assert other.digest_time() == DigestTime(0, 17, "Asia/Tokyo")
    assert other._engine.parts.pace.hours.time_zone == "Asia/Tokyo"


def test_a_wrong_time_zone_changes_nothing(ledger: SavingsLedger) -> None:
    settings = replica(ledger)
    with pytest.raises(InvalidInput, match=r"schedule\.time_zone"):
        settings.set_many([(("schedule", "time_zone"), "Nowhere/City")], actor=MEI)

    assert settings.timetable() == Timetable()


EUROS = {"code": "EUR", "per_usd": "0.92", "as_of": "2026-11-01"}


def test_the_currency_is_set_in_slack_and_taken_back(ledger: SavingsLedger) -> None:
    one, other = replica(ledger), replica(ledger)
    one.set_many([(("currency",), EUROS)], actor=MEI)
    other.refresh()
    held = [each._engine.currency.rate_words for each in (one, other)]
    one.set_many([(("currency",), None)], actor=MEI)

    assert held == ["€0.92 per $, as of 1 Nov 2026"] * 2
    assert one._engine.currency.is_usd


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (EUROS | {"code": "EUX"}, "no ISO 4217 code"),
        (EUROS | {"per_usd": "0"}, "currency.per_usd"),
        (EUROS | {"as_of": "soon"}, "currency.as_of"),
        ({"code": "EUR"}, "needs its rate"),
    ],
)
def test_a_currency_that_cannot_be_changes_nothing(
    ledger: SavingsLedger, wrong: dict[str, str], words: str
) -> None:
    settings = replica(ledger)
    with pytest.raises(InvalidInput, match=words):
        settings.set_many([(("currency",), wrong)], actor=MEI)

    assert settings._engine.currency.is_usd


def test_a_file_that_says_a_currency_says_all_of_it_and_leaves_the_rest(
    ledger: SavingsLedger,
) -> None:
    """Half of each would be the rate of one currency beside the code of another."""
    changes = [(("currency",), EUROS), (("leadership_channel",), "C0LEAD")]
    replica(ledger).set_many(changes, actor=MEI)
    newer = FILE.model_dump(mode="json", exclude_unset=True) | {"currency": {"code": "USD"}}
    settings = replica(ledger, Configuration.model_validate(newer))

    assert settings._engine.currency.is_usd
    assert settings._engine.directory.leadership_channel == "C0LEAD"
    assert settings.is_locked(("currency", "per_usd"))
    with pytest.raises(Refused, match="set in the configuration file, which wins"):
        settings.set_many([(("currency",), EUROS)], actor=MEI)
