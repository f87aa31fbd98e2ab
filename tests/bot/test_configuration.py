from dataclasses import replace
from pathlib import Path

import pytest

from bot.configuration import Configuration, load_configuration
from bot.settings import Settings, forget_proxies, read_settings
from finops.domain.errors import InvalidInput
from finops.domain.people import Approvers, Contact
from finops.rightsizing.modes import Mode
from sandbox.company import CONFIGURATION


def load(tmp_path: Path, text: str) -> Configuration:
    path = tmp_path / "finops.yml"
    path.write_text(text)
    return load_configuration(path)


def test_without_a_file_nobody_may_approve_anything() -> None:
    directory = load_configuration(None).directory()

    assert directory.approvers_of("anybody") == Approvers()


def test_a_team_without_approvers_of_its_own_has_the_default_ones(tmp_path: Path) -> None:
    directory = load(
        tmp_path,
        "default_approvers: {users: [U1]}\n"
        "teams:\n  shop: {channel: C1}\n  pay: {approvers: {user_groups: [S1]}}\n",
    ).directory()

    assert directory.approvers_of("shop") == Approvers(users=("U1",))
    assert directory.approvers_of("pay") == Approvers(user_groups=("S1",))
    assert directory.approvers_of("nobody knows") == Approvers(users=("U1",))


def test_an_unowned_workload_goes_to_triage(tmp_path: Path) -> None:
    directory = load(tmp_path, "triage_channel: C9\nteams: {shop: {channel: C1}}\n").directory()

    assert directory.contact_of("shop") == Contact(channel="C1")
    assert directory.contact_of("unknown") == Contact(channel="C9")


def test_a_team_is_reached_in_its_channel_by_its_group_or_by_its_owner(tmp_path: Path) -> None:
    directory = load(
        tmp_path,
        "triage_channel: C9\n"
        "teams:\n  both: {channel: C1, user_group: S12345678}\n"
        "  group: {user_group: S12345678, owners: [U1]}\n  person: {owners: [U1, U2]}\n"
        "  nothing: {aliases: [Nothing at all], namespaces: [void]}\n",
    ).directory()

    assert directory.contact_of("both") == Contact(channel="C1", user_group="S12345678")
    assert directory.contact_of("group") == Contact(channel="C9", user_group="S12345678")
    assert directory.contact_of("person") == Contact(person="U1")
    assert directory.contact_of("nothing") == Contact(channel="C9")
    assert directory.team("nothing").aliases == ("Nothing at all",)
    assert replace(directory, triage_channel="").contact_of("group") == Contact(person="U1")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("teams:\n  shop:\n    chanel: C1\n", "line 3", "chanel"),
        ("guardrails:\n  max_changes_per_day: many\n", "line 2", "max_changes_per_day"),
        ("guardrails:\n  teams:\n    pay:\n      max_risk: 7\n", "line 4", "max_risk"),
        ("schedule: {time_zone: Mars/Olympus}\n", "line 1", "time_zone"),
        ("repositories:\n- {name: x}\n", "line 2", "repositories"),
        ("instance: a\ninstance: b\n", "line 2", "instance"),
        ("repositories:\n- github: https://git.example/a/b\n", "line 2", "owner/name"),
        ("repositories:\n- local: /nowhere/at/all\n", "line 2", "no folder"),
        ("bill:\n  focus_csv: /nowhere.csv\n", "line 2", "focus_csv"),
        (
            "clusters:\n- name: c\n  repository: r\n  prometheus: {url: prometheus:9090}\n",
            "line 4",
            "url",
        ),
        (
            "repositories:\n- {github: a/b}\n"
            "clusters:\n- {name: c, repository: a/b}\n- {name: c, repository: a/b}\n",
            "line 3",
            "two clusters",
        ),
        (
            "clusters:\n- {name: c, repository: nowhere}\n",
            "line 1",
            "nowhere",
        ),
        ("teams: {a: {aliases: [Shop]}, shop: {}}\n", "line 1", "teams a and shop both are called"),
        ("teams: {a: {namespaces: [x]}, b: {namespaces: [x]}}\n", "line 1", "the namespace 'x'"),
        ("teams:\n  a:\n    user_group: '@shop'\n", "line 3", "user_group"),
    ],
)
def test_a_wrong_file_is_refused_whole_naming_line_and_key(
    tmp_path: Path, text: str, line: str, key: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, text)

    assert line in str(caught.value)
    assert key in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="FINOPS_CONFIG"):
        load_configuration(tmp_path / "missing.yml")


def test_the_sandbox_file_is_a_valid_one() -> None:
    assert len(load_configuration(CONFIGURATION).teams) == 4


def test_secrets_are_never_shown() -> None:
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-secret", "GITHUB_TOKEN": "ghp-secret"})

    assert "secret" not in repr(settings)


@pytest.mark.parametrize("port", ["http", "-1", "99999"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(InvalidInput, match="FINOPS_HTTP_PORT"):
        read_settings({"FINOPS_HTTP_PORT": port})


def test_proxies_are_forgotten_in_either_case() -> None:
    environment = {"HTTP_PROXY": "http://p", "https_proxy": "http://p", "PATH": "/bin"}
    forget_proxies(environment)

    assert environment == {"PATH": "/bin"}


def test_two_processes_on_one_machine_have_different_names() -> None:
    assert Settings().process_name == Settings().process_name
    assert "-" in Settings().process_name


def test_how_lean_requests_may_be_reaches_the_detectors(tmp_path: Path) -> None:
    text = "rightsizing: {teams: {shop: lean}, kinds: {StatefulSet: safe}}\n"
    choice = load(tmp_path, text).rightsizing.to_domain()

    assert choice.of("shop", "Deployment") is Mode.LEAN
    assert choice.of("shop", "StatefulSet") is Mode.SAFE
    assert choice.of("data", "Deployment") is Mode.SAFE
