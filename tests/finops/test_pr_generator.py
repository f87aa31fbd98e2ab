from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.code_hosts import LocalGitHost
from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.pull_request import RepositoryFiles
from finops.edits import AlreadyApplied, AmbiguousSource, PlannedEdit, plan_edit
from finops.edits.gitops.source_index import SourceIndex
from finops.pr_body import confidence_words, short_figures
from finops.pr_generator import (
    Metadata,
    PullRequestGenerator,
    parse_metadata,
    render_body,
    render_commit_message,
    render_title,
)
from tests.finops.edits.opportunities import (
    DEPLOYMENT,
    NOW,
    container,
    cpu_opportunity,
    node_group,
    opportunity,
    repository,
    volume,
)
from tests.real_parts.bare_repository import BareRepositoryFactory


def host(path: Path, name: str) -> LocalGitHost:
    return LocalGitHost(path, name, lambda number: f"http://local/{number}")


def body_of(subject: Opportunity, **settings: object) -> str:
    edit = plan_edit(repository({"apps/a.yaml": DEPLOYMENT}), cpu_opportunity())
    by = str(settings.get("approved_by", ""))
    reasons = settings.get("guardrail_reasons", ())
    assert isinstance(reasons, tuple)
    return render_body(subject, edit, approved_by=by, guardrail_reasons=reasons, now=NOW)


def test_a_plan_opens_as_a_pull_request(bare_repository: BareRepositoryFactory) -> None:
    shop = host(bare_repository({"apps/a.yaml": DEPLOYMENT}, "shop"), "acme/shop")
    other = host(bare_repository({"README.md": b""}, "other"), "acme/other")

    found, proposed, proof = PullRequestGenerator([other, shop]).plan(cpu_opportunity(), now=NOW)

    opened = found.open_pull_request(proposed)
    assert found is shop
    assert opened.title == "Lower CPU request of shop/frontend (server) from 500m to 120m"
    assert proposed.branch == f"finops/{cpu_opportunity().id}"
    assert proof.path == "apps/a.yaml"
    assert parse_metadata(opened.body) == Metadata(
        cpu_opportunity().id, 1, cpu_opportunity().fingerprint
    )


def test_the_same_edit_at_the_same_commit_is_planned_once(
    bare_repository: BareRepositoryFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[str] = []

    def counted(
        files: RepositoryFiles,
        subject: Opportunity,
        *,
        choices: Mapping[str, str],
        index: SourceIndex,
    ) -> PlannedEdit:
        planned.append(files.commit)
        return plan_edit(files, subject, choices=choices, index=index)

    monkeypatch.setattr("finops.pr_generator.plan_edit", counted)
    repositories = [
        host(bare_repository({"a.yaml": DEPLOYMENT}, "a"), "acme/a"),
        host(bare_repository({"b.yaml": b"a: 1\n"}, "b"), "acme/b"),
    ]
    generator = PullRequestGenerator(repositories)

    first = generator.plan(cpu_opportunity(), now=NOW)
    second = generator.plan(cpu_opportunity(), now=NOW)
    other = generator.plan(cpu_opportunity(proposed=200), now=NOW)

    assert first == second
    assert other[1].files != first[1].files
    assert len(planned) == 4  # two repositories, two different proposals


def test_a_record_brings_its_approver_and_reasons(bare_repository: BareRepositoryFactory) -> None:
    shop = host(bare_repository({"apps/a.yaml": DEPLOYMENT}), "acme/shop")
    record = OpportunityRecord(
        opportunity=cpu_opportunity(),
        status_changed_at=NOW,
        last_seen_at=NOW,
        decided_by="maria",
        guardrail_reasons=("Within limits.",),
    )

    _, proposed, _ = PullRequestGenerator([shop]).plan(record, now=NOW)

    assert "Approved by maria." in proposed.body
    assert "- Within limits." in proposed.body


def test_nothing_found_gives_every_reason(bare_repository: BareRepositoryFactory) -> None:
    hosts = [host(bare_repository({"a.yaml": b""}, name), name) for name in ("one", "two")]

    with pytest.raises(Refused) as caught:
        PullRequestGenerator(hosts).plan(cpu_opportunity(), now=NOW)

    assert "one: None of 1 files" in str(caught.value)
    assert "two: None of 1 files" in str(caught.value)


def test_no_repository_says_what_to_do() -> None:
    with pytest.raises(Refused, match="No repository is configured"):
        PullRequestGenerator([]).plan(cpu_opportunity(), now=NOW)


def test_two_repositories_are_refused_by_name(bare_repository: BareRepositoryFactory) -> None:
    moved = DEPLOYMENT.replace(b"500m", b"300m")
    hosts = [
        host(bare_repository({"a.yaml": text}, name), name)
        for name, text in (("one", DEPLOYMENT), ("two", moved))
    ]

    with pytest.raises(Refused, match="several repositories: one, two"):
        PullRequestGenerator(hosts).plan(cpu_opportunity(), now=NOW)


def test_an_owner_picks_the_repository(bare_repository: BareRepositoryFactory) -> None:
    hosts = [host(bare_repository({"a.yaml": DEPLOYMENT}, n), n) for n in ("one", "two")]
    generator = PullRequestGenerator(hosts)
    subject = cpu_opportunity()

    with pytest.raises(AmbiguousSource) as caught:
        generator.plan(subject, now=NOW)
    choices = {subject.resource.key: caught.value.candidates[1].choice}
    found, _, _ = generator.plan(subject, choices=choices, now=NOW)

    assert [each.choice for each in caught.value.candidates] == ["one:a.yaml", "two:a.yaml"]
    assert found is hosts[1]


def test_an_owner_picks_the_file(bare_repository: BareRepositoryFactory) -> None:
    files = {"a.yaml": DEPLOYMENT, "b.yaml": DEPLOYMENT}
    generator = PullRequestGenerator([host(bare_repository(files, "shop"), "acme/shop")])
    subject = cpu_opportunity()

    with pytest.raises(AmbiguousSource) as caught:
        generator.plan(subject, now=NOW)
    choice = caught.value.candidates[1].choice
    _, _, proof = generator.plan(subject, choices={subject.resource.key: choice}, now=NOW)
    with pytest.raises(AmbiguousSource):
        generator.plan(subject, choices={subject.resource.key: "acme/shop:gone.yaml"}, now=NOW)

    assert choice == "acme/shop:b.yaml#spec.template.spec.containers[0]"
    assert proof.path == "b.yaml"


def test_an_applied_proposal_stays_told_apart(bare_repository: BareRepositoryFactory) -> None:
    applied = {"a.yaml": DEPLOYMENT.replace(b"500m", b"120m")}
    hosts = [
        host(bare_repository(files, name), name)
        for name, files in (("one", applied), ("two", {"b.yaml": b""}))
    ]

    with pytest.raises(AlreadyApplied, match=r"one: a\.yaml"):
        PullRequestGenerator(hosts).plan(cpu_opportunity(), now=NOW)


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (node_group(), "Shrink node group workers from 5 to 3 nodes"),
        (volume(name=""), "Delete unattached volume vol-0a1"),
        (volume(name="legacy-db"), "Delete unattached volume legacy-db (vol-0a1)"),
        (cpu_opportunity(current=None), "Set CPU request of shop/frontend (server) to 120m"),
        (
            opportunity(
                container(),
                Change(Setting.MEMORY_REQUEST, 2**30, 2**29),
                Change(Setting.MEMORY_LIMIT, 2**30, 2**31),
            ),
            "Lower memory request of shop/frontend (server) from 1Gi to 512Mi and raise memory "
            "limit from 1Gi to 2Gi",
        ),
    ],
)
def test_a_title_says_what_changes(subject: Opportunity, title: str) -> None:
    assert render_title(subject) == title


def test_a_commit_message_ends_in_trailers() -> None:
    edit = plan_edit(repository({"a.yaml": DEPLOYMENT}), cpu_opportunity())

    message = render_commit_message(cpu_opportunity(), edit.proof)

    assert message.splitlines()[0] == render_title(cpu_opportunity())
    assert message.splitlines()[-2:] == [
        f"Finops-Opportunity: {cpu_opportunity().id}",
        "Finops-Revision: 1",
    ]


def test_a_body_holds_everything_a_reviewer_asks() -> None:
    body = body_of(cpu_opportunity(), approved_by="maria", guardrail_reasons=("Fine.",))

    for text in (
        "| CPU request | 500m | 120m |",
        "nothing leaves the bill by this change alone",
        "room worth **$41.50/month** is freed",
        "**Confidence:** 97 %, the chance",
        "**Risk:** low if it does not hold; ",
        "| 95th percentile | 80m | Prometheus |",
        "- A sale is not in the window.",
        "Revert this pull request.",
        "| apps/a.yaml | spec.template.spec.containers\\[0\\].resources.requests.cpu | 500m |",
        "1 line changed, 0 unintended.",
        "- Fine.",
        "Approved by maria. Planned 2026-01-05 09:00 UTC",
    ):
        assert text in body


def test_cash_and_room_are_never_one_number() -> None:
    saving = Saving(Decimal(200), Decimal(0))

    body = body_of(replace(cpu_opportunity(), saving=saving, rollback_possible=False))

    assert "**$200/month** leaves the bill" in body
    assert "no room is freed" in body
    assert "**It cannot be undone.**" in body


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.95, "95 %"), (0.957, "95 %"), (0.29, "29 %"), (0.9999, "99 %"), (1.0, "over 99 %")],
)
def test_confidence_is_never_rounded_up(confidence: float, words: str) -> None:
    assert confidence_words(confidence) == words


def test_prices_have_as_many_figures_as_people_read() -> None:
    assert short_figures("$0.0310337718437 per core-hour") == "$0.031 per core-hour"
    assert short_figures("$80.00/month, $4.07") == "$80/month, $4.07"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("CHF 64.00/month expected, CHF 64.09.", "CHF 64/month expected, CHF 64.09."),
        ("It costs KWD 20.000.", "It costs KWD 20."),
        ("A$64.00 to A$64.18", "A$64 to A$64.18"),
        ("API 1.00.3 and 2.00", "API 1.00.3 and 2.00"),
    ],
)
def test_amounts_of_other_currencies_are_as_short(words: str, read: str) -> None:
    assert short_figures(words) == read


def test_a_slack_id_is_said_to_be_one() -> None:
    assert "Approved by U0AARON0001 in Slack." in body_of(
        cpu_opportunity(), approved_by="U0AARON0001"
    )


def test_text_of_strangers_pings_nobody_and_forges_nothing() -> None:
    evil = "@acme/all | x | <img src=x> --> [a](http://evil) `code` #12\n## Approved\n***"
    subject = replace(cpu_opportunity(container(name="f|@all<!--")), summary=evil, caveats=(evil,))

    body = body_of(subject, approved_by=evil, guardrail_reasons=(evil,))

    assert "@acme" not in body
    assert "<img" not in body
    assert "http://" not in body
    assert "#12" not in body
    assert "\n## Approved" not in body
    assert body.count("<!--") == body.count("-->") == 1


@given(fingerprint=st.text(), revision=st.integers(1, 10**6), summary=st.text(max_size=80))
def test_metadata_survives_any_text(fingerprint: str, revision: int, summary: str) -> None:
    subject = replace(
        cpu_opportunity(), fingerprint=fingerprint, revision=revision, summary=summary
    )

    found = parse_metadata(body_of(subject))

    assert found == Metadata(subject.id, revision, fingerprint)


@pytest.mark.parametrize(
    "body", ["", "<!-- finops-bot {} -->", "<!-- finops-bot {broken -->", "<!-- other {} -->"]
)
def test_other_bodies_have_no_metadata(body: str) -> None:
    assert parse_metadata(body) is None


def test_a_huge_body_is_shortened_and_keeps_its_metadata() -> None:
    body = body_of(replace(cpu_opportunity(), caveats=("long " * 20_000,)))

    assert len(body) < 65_536
    assert parse_metadata(body) is not None


POINTED = b"# finops-bot/source: acme/config//apps.yaml#web.resources\n" + DEPLOYMENT
CONFIG = b"web:\n  resources:\n    requests:\n      cpu: 500m\n"


def test_a_manifest_that_points_to_another_repository_is_followed_there(
    bare_repository: BareRepositoryFactory,
) -> None:
    made = host(bare_repository({"a.yaml": POINTED}, "made"), "acme/made")
    config = host(bare_repository({"apps.yaml": CONFIG}, "config"), "acme/config")

    found, proposed, _ = PullRequestGenerator([made, config]).plan(cpu_opportunity(), now=NOW)

    assert found is config
    assert proposed.files[0].after == CONFIG.replace(b"500m", b"120m")
    assert "made anew before or with the merge" in proposed.body


def test_an_annotation_goes_before_what_two_repositories_declare(
    bare_repository: BareRepositoryFactory,
) -> None:
    hosts = [
        host(bare_repository({"a.yaml": DEPLOYMENT}, name), f"acme/{name}")
        for name in ("one", "two")
    ]
    subject = replace(cpu_opportunity(), tags={"finops-bot/source": "acme/two//a.yaml"})

    found, _, _ = PullRequestGenerator(hosts).plan(subject, now=NOW)

    assert found is hosts[1]


def test_an_unknown_repository_is_refused_naming_the_annotation(
    bare_repository: BareRepositoryFactory,
) -> None:
    made = host(bare_repository({"a.yaml": POINTED}, "made"), "acme/made")

    with pytest.raises(Refused, match="finops-bot/source") as caught:
        PullRequestGenerator([made]).plan(cpu_opportunity(), now=NOW)

    assert "finops-bot knows no repository acme/config: acme/made." in str(caught.value)
