"""`finops doctor`: asks everything the bot needs how it stands."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console

from bot.configuration import Configuration, load_configuration
from bot.doctor.adapters import checked_adapters
from bot.doctor.examination import Examination, Topic, examine
from bot.doctor.report import area_lines, as_json, summary_line
from bot.doctor.secrets import presentable, secrets_of
from bot.settings import Settings, read_settings
from bot.terminal_output import output, print_spans, width_of
from finops.domain.checks import Area, Check, Outcome
from finops.domain.errors import InvalidInput, Refused


def run(arguments: argparse.Namespace) -> int:
    """Print a line a check; exit status 1 when one failed.

    Raises InvalidInput for an unknown topic.
    """
    topics = chosen_topics(arguments.only)
    settings = read_settings()
    configuration, refusals = _configuration(settings)
    secrets = secrets_of(settings, configuration)
    examinations = [
        each for each in checked_adapters(settings, configuration) if each.topic in topics
    ]
    if refusals and Topic.CONFIGURATION in topics:
        examinations[0] = replace(examinations[0], build=lambda: Refusals(refusals))
    console = output()
    checks: list[Check] = []
    with _waiting(console, examinations, is_quiet=arguments.json) as arrived:
        for examined in examine(examinations):
            found = [presentable(check, secrets) for check in examined.checks]
            checks += found
            arrived(examined.examination)
            if not arguments.json:
                print_spans(
                    console, area_lines(examined.examination.area, found, width=width_of(console))
                )
    if arguments.json:
        print(json.dumps(as_json(checks), ensure_ascii=False, indent=2))
    else:
        print_spans(console, [[], summary_line(checks)])
    return int(any(check.outcome is Outcome.FAILED for check in checks))


def chosen_topics(only: str | None) -> frozenset[Topic]:
    """The topics of `--only a,b`; all of them without it."""
    if only is None:
        return frozenset(Topic)
    known = {topic.value: topic for topic in Topic}
    names = [name.strip().lower() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise InvalidInput(
            f"--only {only!r} is not understood; write some of {', '.join(known)}, with commas."
        )
    return frozenset(known[name] for name in names)


@dataclass(frozen=True, slots=True)
class Refusals:
    """What is wrong with a configuration file that cannot be used (Checked)."""

    sentences: tuple[str, ...]

    def check(self) -> Sequence[Check]:
        """One red line a problem."""
        area = Area("Configuration")
        fix = "Correct it; what stands in the file could not be checked."
        return [area.failed("file", sentence, fix=fix) for sentence in self.sentences]


def _configuration(settings: Settings) -> tuple[Configuration, tuple[str, ...]]:
    """The configuration, or defaults and what is wrong with the file."""
    try:
        return load_configuration(settings.config_path), ()
    except Refused as error:
        return Configuration(), tuple(str(error).splitlines())


@contextmanager
def _waiting(
    console: Console, examinations: Sequence[Examination], *, is_quiet: bool
) -> Iterator[Callable[[Examination], None]]:
    """Whom the doctor waits for, below the lines that are there; on a terminal only."""
    if is_quiet or not console.is_terminal:
        yield lambda _: None
        return
    left = [each.area for each in examinations]
    with console.status(_waiting_for(left)) as status:

        def arrived(examination: Examination) -> None:
            left.remove(examination.area)
            status.update(_waiting_for(left))

        yield arrived


def _waiting_for(areas: Sequence[str]) -> str:
    shown = ", ".join(areas[:3]) + (f" and {len(areas) - 3} more" if len(areas) > 3 else "")
    return f"asking {shown} ..." if areas else ""
