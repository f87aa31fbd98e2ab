"""`finops init`: writes a commented configuration file from what can be seen, and from answers."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bot.configuration import Configuration
from bot.settings import CONFIG_NAMES, kubeconfig_files, read_settings
from bot.setup.interview import account_label, interview
from bot.setup.questions import AtTerminal, Defaults, Questions
from bot.setup.surroundings import Surroundings, look_around
from bot.setup.template import render
from finops.config_file import load_checked
from finops.domain.errors import InvalidInput

INTERRUPTED = 130
WHERE_FROM = {
    "SLACK_BOT_TOKEN": "the xoxb- token of the Slack app (manifest.yml says how to make it)",
    "SLACK_APP_TOKEN": "its xapp- token, for Socket Mode; or SLACK_SIGNING_SECRET for HTTP",
    "GITHUB_TOKEN": "may write contents and pull requests; or a GitHub App",
}


def run(arguments: argparse.Namespace) -> int:
    """Look, ask, write; Ctrl-C leaves nothing behind.

    Raises InvalidInput when the file is there already, or nobody can be asked.
    """
    output: Path = arguments.output
    require_free(output, force=arguments.force)
    ask = _questions(is_silent=arguments.yes)
    print("Looking around: kubeconfig, AWS credentials, git remote, bills ...")
    seen = look_around(
        read_settings(),
        kubeconfigs=kubeconfig_files(),
        folder=Path.cwd(),
        bills=arguments.bill,
    )
    print("\n".join(seen_lines(seen)))
    try:
        text = render(interview(seen, ask))
    except (KeyboardInterrupt, EOFError):
        print("\nNothing was written.", file=sys.stderr)
        return INTERRUPTED
    load_checked(text, Configuration, source=str(output))
    write(output, text, force=arguments.force)
    print("\n".join(next_lines(output, seen)))
    return 0


def require_free(output: Path, *, force: bool) -> None:
    """Refuse to replace a file, and to put a second one beside the other name of it."""
    if output.exists() and not force:
        raise InvalidInput(
            f"{output} is there already; --force replaces it, --output names another."
        )
    others = [output.with_name(name) for name in CONFIG_NAMES if name != output.name]
    for other in others if output.name in CONFIG_NAMES else []:
        if other.exists():
            raise InvalidInput(
                f"{other} is there already, and beside it {output} would not be read; move it away "
                f"first, or write {other} with --output and --force."
            )


def write(output: Path, text: str, *, force: bool) -> None:
    """All of it or nothing; a file that came meanwhile is replaced only with `force`."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise InvalidInput(f"{output} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp makes it for its owner only; it holds no secret
        if force:
            Path(temporary).replace(output)
        else:
            os.link(temporary, output)
    except FileExistsError as error:
        sentence = f"{output} came to be while you answered; --force replaces it."
        raise InvalidInput(sentence) from error
    except OSError as error:  # a file system without hard links, or a full one
        raise InvalidInput(
            f"{output} cannot be written: {error.strerror}; another folder with --output may help."
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _questions(*, is_silent: bool) -> Questions:
    if is_silent:
        return Defaults()
    if not sys.stdin.isatty():
        raise InvalidInput("Nobody can be asked here (no terminal); --yes takes what is visible.")
    return AtTerminal(say=print)


def seen_lines(seen: Surroundings) -> list[str]:
    """What was found, a line each."""
    contexts = [c.name + (" (current)" if c.is_current else "") for c in seen.contexts]
    if seen.is_in_cluster:
        contexts.insert(0, "the cluster this runs in")
    bills = [bill.words for bill in seen.bills.bills]
    rows = (
        ("Kubernetes", _few(contexts), "no kubeconfig, and not inside a cluster"),
        ("AWS", _few([account_label(account) for account in seen.accounts]), "no credentials work"),
        ("GitHub", seen.github.name if seen.github else "", "no remote of this folder"),
        ("Bill", _few(bills), "none here, and none is exported"),
        ("Set", ", ".join(seen.set_variables), "none of the secrets"),
        ("Not set", ", ".join(seen.missing_variables), "nothing"),
    )
    lines = [f"  {name:10}  {found or f'– ({without})'}" for name, found, without in rows]
    return ["", *lines, *(f"  {'Not seen':10}  {note}" for note in seen.bills.notes)]


def next_lines(output: Path, seen: Surroundings) -> list[str]:
    """What to do now."""
    found_by_itself = output.parent == Path() and output.name in CONFIG_NAMES
    steps = [] if found_by_itself else [("export FINOPS_CONFIG", f"the file: {output}")]
    steps += [(f"export {name}", WHERE_FROM[name]) for name in seen.missing_variables]
    steps += [
        ("finops doctor", "what is missing, and how to mend it"),
        ("finops scan", "what it finds today"),
    ]
    width = max(len(step) for step, _ in steps)
    head = f"Wrote {output}. Every key says what it does; read it once. Then:"
    return ["", head, *(f"  {step:{width}}  {what}" for step, what in steps)]


def _few(names: "list[str] | tuple[str, ...]") -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
