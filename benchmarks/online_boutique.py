"""The main job on real input: Online Boutique's own pod traces and manifests, clicks included.

    python -m benchmarks.online_boutique --corpus DIR --json

The traces go into a real Prometheus, the real `kustomize/base` manifests into a git repository;
the real bot, configured by a real `finops.yml`, runs a cycle against the sandbox's Slack, and an
approver approves every card by clicking. Nothing is merged. Every changed line is checked by an
oracle of its own: both versions are loaded as YAML, and each difference must be a request of the
container that was approved.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pyarrow import parquet

from bot.configuration import load_configuration
from bot.settings import Settings, forget_proxies
from bot.wiring import Bot, build_bot, build_engine
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.changes import Setting
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from handlers.ids import ActionId
from sandbox.estate.repository import create_repository
from sandbox.slack.server import SlackSandbox
from sandbox.slack.workspace import Channel, User, Workspace
from tests.real_parts.prometheus import prometheus_server

REPOSITORY = "online-boutique/platform"
TEAM = "boutique"
APPROVER = User("U0APPROVER1", "aya", "Aya Approver", "approver")
CHANNEL = Channel("C0BOUTIQUE1", "boutique-costs")
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Running:
    """The bot at work on the real input."""

    bot: Bot
    slack: SlackSandbox
    host: LocalGitHost


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with traces, manifests")
    parser.add_argument("--json", action="store_true", help="print only the JSON object")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="finops-bench-") as folder:
        figures = run(arguments.corpus, Path(folder), say=not arguments.json)
    print(json.dumps(figures | {"seconds": round(time.monotonic() - started, 1)}))
    return 0


def run(corpus: Path, folder: Path, *, say: bool) -> dict[str, Any]:
    """All of it; returns the figures."""
    forget_proxies()
    manifests = base_manifests(corpus)
    repository = create_repository(
        folder / "platform.git",
        manifests,
        at=datetime.now(UTC) - timedelta(days=30),
    )
    history = folder / "prometheus"
    history.mkdir()
    end = datetime.now(UTC) - timedelta(minutes=2)
    metrics = openmetrics(corpus, end=end, containers=main_containers(manifests))
    with (
        prometheus_server(metrics, history) as url,
        running_bot(folder, repository, prometheus_url=url) as running,
    ):
        seen = wait_for_cycle(running)
        approve_all(running)
        return figures_of(running, seen, say=say)


def base_manifests(corpus: Path) -> dict[str, bytes]:
    """The manifests of the `kustomize/base` folder of microservices-demo, at their own paths."""
    found = {}
    for file in sorted((corpus / "manifests").glob("*kustomize_base_*.yaml")):
        name = file.stem.partition("kustomize_base_")[2]
        found[f"kustomize/base/{name}.yaml"] = file.read_bytes()
    if not found:
        raise SystemExit(f"{corpus / 'manifests'} has no *kustomize_base_*.yaml")
    return found


def main_containers(manifests: Mapping[str, bytes]) -> dict[str, str]:
    """The first container of each Deployment, by its name: the traces are of whole pods."""
    documents = [d for text in manifests.values() for d in yaml.safe_load_all(text) if d]
    return {
        document["metadata"]["name"]: document["spec"]["template"]["spec"]["containers"][0]["name"]
        for document in documents
        if document["kind"] == "Deployment"
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """One minute of one pod: epoch seconds, millicores, MiB; None where nothing was measured."""

    pod: str
    container: str
    moment: float
    cpu_millicores: float | None
    memory_mib: float | None


def openmetrics(corpus: Path, *, end: datetime, containers: Mapping[str, str]) -> str:
    """The traces as cAdvisor's series, moved in time so that the last sample is at `end`."""
    samples = read_samples(corpus, containers)
    shift = end.timestamp() - max(sample.moment for sample in samples)
    cpu: list[str] = []
    memory: list[str] = []
    for sample, seconds_used in with_counter(samples):
        labels = f'{{namespace="default",pod="{sample.pod}",container="{sample.container}"}}'
        moment = f"{sample.moment + shift:.3f}"
        cpu.append(f"container_cpu_usage_seconds_total{labels} {seconds_used:.6f} {moment}")
        if sample.memory_mib is not None:
            size = int(sample.memory_mib * 2**20)
            memory.append(f"container_memory_working_set_bytes{labels} {size} {moment}")
    head = "# TYPE container_cpu_usage_seconds counter"
    middle = "# TYPE container_memory_working_set_bytes gauge"
    return "\n".join([head, *cpu, middle, *memory, "# EOF", ""])


def read_samples(corpus: Path, containers: Mapping[str, str]) -> list[Sample]:
    """The trace by pod and time, without repeated moments."""
    table = parquet.read_table(
        corpus / "traces" / "k8s_pods_online_boutique.parquet",
        columns=["pod", "workload", "ts", "cpu_m", "mem_mib"],
    )
    samples = {
        (row["pod"], row["ts"]): Sample(
            pod=row["pod"],
            container=containers.get(row["workload"], "server"),
            moment=row["ts"].replace(tzinfo=UTC).timestamp(),
            cpu_millicores=measured(row["cpu_m"]),
            memory_mib=measured(row["mem_mib"]),
        )
        for row in table.to_pylist()
    }
    return [samples[key] for key in sorted(samples)]


def measured(value: float | None) -> float | None:
    """The value, or None when it is missing, negative or not a number."""
    return value if value is not None and math.isfinite(value) and value >= 0 else None


def with_counter(samples: Iterable[Sample]) -> Iterator[tuple[Sample, float]]:
    """Each sample with the CPU seconds its pod has used so far, as cAdvisor counts them."""
    pod, before, seconds_used = "", 0.0, 0.0
    for sample in samples:
        if sample.pod != pod:
            seconds_used = 0.0
        elif sample.cpu_millicores is not None:
            # A gap of hours is a scrape that failed, not hours of use at the next rate.
            seconds_used += min(sample.moment - before, 60.0) * sample.cpu_millicores / 1000
        pod, before = sample.pod, sample.moment
        yield sample, seconds_used


@contextmanager
def running_bot(folder: Path, repository: Path, *, prometheus_url: str) -> Iterator[Running]:
    """The bot as `finops run` wires it, against the sandbox's Slack."""
    config = folder / "finops.yml"
    config.write_text(yaml.safe_dump(configuration(repository, prometheus_url)))
    workspace = Workspace("T0BOUTIQUE1", "Online Boutique", (APPROVER,), (CHANNEL,))
    slack = SlackSandbox(workspace).start()
    settings = Settings(
        config_path=config,
        database_url=f"sqlite:///{folder}/finops.db",
        slack_base_url=slack.api_url,
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
    )
    loaded = load_configuration(config)
    bot = build_bot(settings, loaded, build_engine(settings, loaded), tick_seconds=1.0)
    bot.start()
    try:
        yield Running(bot, slack, LocalGitHost(repository, REPOSITORY, lambda n: f"#{n}"))
    finally:
        bot.stop()
        slack.stop()


def configuration(repository: Path, prometheus_url: str) -> dict[str, Any]:
    """A whole `finops.yml`. The day's limits are raised: the benchmark wants every card decided."""
    return {
        "instance": "benchmark",
        "repositories": [{"name": REPOSITORY, "local": str(repository)}],
        "clusters": [
            {
                "name": "boutique",
                "repository": REPOSITORY,
                "prometheus": {"url": prometheus_url},
            }
        ],
        "teams": {
            TEAM: {
                "channel": CHANNEL.id,
                "namespaces": ["default"],
                "approvers": {"users": [APPROVER.id]},
            }
        },
        "guardrails": {"max_changes_per_day": 1000, "max_share_of_team_workloads_per_day": 1.0},
        "pace": {"cards_per_channel_per_day": 100},
    }


def wait_for_cycle(running: Running) -> list[OpportunityRecord]:
    """The opportunities of the first cycle, when all their cards are posted."""
    engine = running.bot.engine
    wait("a cycle", lambda: bool(engine.freshness()))
    wait("cards", lambda: not engine.ledger.find(statuses=[Status.DETECTED]))
    return engine.ledger.find()


def approve_all(running: Running) -> None:
    """Click Approve on every card as the approver; refused clicks leave their card as it is."""
    driver = running.slack.driver()
    ledger = running.bot.engine.ledger
    for record in ledger.find(statuses=[Status.NOTIFIED]):
        [card] = ledger.messages(subject=record.id, purpose="card")
        driver.click(APPROVER.id, card.channel, card.message_id, ActionId.APPROVE)
    wait("pull requests", lambda: not ledger.find(statuses=[Status.APPROVED]))


def figures_of(running: Running, seen: list[OpportunityRecord], *, say: bool) -> dict[str, Any]:
    """The figures, and the reasons when a person asked."""
    engine = running.bot.engine
    opened = engine.ledger.find(statuses=[Status.PULL_REQUEST_OPEN])
    changed = [check_lines(running.host, record) for record in opened]
    skipped = engine.skips()
    freed = sum(float(r.opportunity.saving.freed_usd_per_month) for r in seen)
    refusals = {
        record.opportunity.resource.label: engine.check(record.id).sentences
        for record in engine.ledger.find(statuses=[Status.NOTIFIED])
    }
    if say:
        tell(seen, skipped, refusals)
    with_waste = {(r.opportunity.resource.namespace, r.opportunity.resource.name) for r in seen}
    cluster = engine.parts.snapshots["boutique"].snapshot(now=engine.now())
    return {
        "workloads": len(cluster.workloads),
        "workloads_with_opportunities": len(with_waste),
        "opportunities": len(seen),
        "skipped": len(skipped),
        "skipped_without_reason": sum(not skip.reason for skip in skipped),
        "approved": sum(bool(r.decided_by) for r in engine.ledger.find()),
        "refused_by_guardrails": len(refusals),
        "pull_requests": len(opened),
        "lines_changed": sum(lines for lines, _ in changed),
        "unintended_lines_changed": sum(unintended for _, unintended in changed),
        "saving_usd_per_month_freed": round(freed, 2),
    }


_PLACES = {
    Setting.CPU_REQUEST: ("requests", "cpu"),
    Setting.MEMORY_REQUEST: ("requests", "memory"),
    Setting.CPU_LIMIT: ("limits", "cpu"),
    Setting.MEMORY_LIMIT: ("limits", "memory"),
}


def check_lines(host: LocalGitHost, record: OpportunityRecord) -> tuple[int, int]:
    """How many lines a pull request changes, and how many of those nobody asked for.

    Intended is one line for each approved change, and every YAML difference must be one of them, in
    the approved container; otherwise all lines of the file count as unintended.
    """
    lines = unintended = 0
    intended = len(record.opportunity.changes)
    base = host.read_files().files
    for path, diff in host.diff(record.pull_request_number or 0):
        added = [line for line in diff.splitlines() if line[:1] == "+" and line[:3] != "+++"]
        removed = [line for line in diff.splitlines() if line[:1] == "-" and line[:3] != "---"]
        lines += len(added)
        after = patched(base[path].decode(), diff)
        if not only_approved_differ(base[path].decode(), after, record):
            unintended += len(added)
        unintended += abs(len(added) - len(removed))
    return lines, unintended + max(0, lines - intended)


def patched(before: str, diff: str) -> str:
    """The file after a unified diff; written here anew, so that the oracle shares no code."""
    source, result, position = before.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True):
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0].lstrip("-")) - 1
            result += source[position:start]
            position = start
        elif line[:3] in ("---", "+++") or line[:1] not in ("+", "-", " "):
            continue
        elif line[0] == "+":
            result.append(line[1:])
        else:
            result += source[position : position + 1] if line[0] == " " else []
            position += 1
    return "".join(result + source[position:])


def only_approved_differ(before: str, after: str, record: OpportunityRecord) -> bool:
    """Whether both files load alike but for the approved settings of the approved container.

    A limit that moves with its request was approved with it; any other limit must stay.
    """
    resource = record.opportunity.resource
    old, new = list(yaml.safe_load_all(before)), list(yaml.safe_load_all(after))
    for documents in (old, new):
        for document in documents:
            if not document or document["kind"] != resource.kind:
                continue
            if document["metadata"]["name"] != resource.name:
                continue
            for container in document["spec"]["template"]["spec"]["containers"]:
                if container["name"] == resource.container:
                    for change in record.opportunity.changes:
                        part, name = _PLACES[change.setting]
                        container["resources"].setdefault(part, {})[name] = "masked"
    return old == new


def tell(
    seen: list[OpportunityRecord], skipped: Any, refusals: Mapping[str, tuple[str, ...]]
) -> None:
    """What a person wants to read."""
    for record in seen:
        opportunity = record.opportunity
        print(f"{record.status.words:18} {opportunity.confidence:4.0%}  {opportunity.summary}")
    for label, sentences in refusals.items():
        print(f"refused            {label}: {' '.join(sentences)}")
    for skip in skipped:
        print(f"left alone         {skip.resource_key} ({skip.detector}): {skip.reason}")


def wait(what: str, ready: Any) -> None:
    """Wait for something the bot does by itself."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
