"""What `finops doctor` asks of a local git repository; only reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finops.code_hosts.git_plumbing import BareRepository
from finops.domain.checks import Area, Check
from finops.domain.errors import OutsideWorldFailed


@dataclass(frozen=True, slots=True)
class LocalGitChecks:
    """Path, main branch and remotes of one repository (Checked)."""

    path: Path
    name: str

    def check(self) -> Sequence[Check]:
        """Two lines, or one that says why not."""
        area = Area(f"Git {self.name}")
        if not (self.path / "HEAD").is_file():
            fix = "Give the folder that holds HEAD, or make one with git init --bare."
            return (area.failed("path", f"there is no git repository at {self.path}", fix=fix),)
        try:
            return tuple(_checks(area, BareRepository(self.path)))
        except OutsideWorldFailed as error:
            fix = "Install git, and let the bot's user own the folder."
            return (area.failed("path", str(error), fix=fix),)


def _checks(area: Area, git: BareRepository) -> Iterator[Check]:
    branch = git.text("symbolic-ref", "--short", "HEAD")
    tip = git.ref("HEAD")
    if tip is None:
        yield area.failed("main branch", f"{branch} has no commit", fix="Push a first commit.")
    else:
        yield area.ok("main branch", f"{branch} at {tip[:10]}")
    remotes = git.text("remote").split()
    shown = f"remotes: {', '.join(remotes)}; nothing is pushed to them" if remotes else "no remote"
    yield area.ok("remote", shown)
