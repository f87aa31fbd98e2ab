"""CODEOWNERS as GitHub's documentation describes it, and files that were written to hurt."""

import time

import pytest

from finops.domain.errors import InvalidInput
from finops.owners.codeowners import Codeowners, find_codeowners

# Each of these is an example or a rule of GitHub's page "About code owners", in our words.
RULES = {
    "*": {"README.md": True, "deep/er/file.go": True},
    "*.js": {"app.js": True, "src/lib/app.js": True, "app.jsx": False, "js": False},
    "/build/logs/": {
        "build/logs/today.log": True,
        "build/logs/old/monday.log": True,
        "deep/build/logs/today.log": False,
        "build/logs": False,
    },
    "docs/*": {
        "docs/getting-started.md": True,
        "docs/build-app/troubleshooting.md": False,
        "deep/docs/getting-started.md": False,
    },
    "apps/": {"apps/a.go": True, "deep/apps/er/a.go": True, "apps": False, "myapps/a.go": False},
    "/docs/": {"docs/a.md": True, "docs/deep/a.md": True, "deep/docs/a.md": False},
    "**/logs": {"build/logs/a": True, "deep/scripts/logs/b/c": True, "logs": True, "logsx": False},
    "/apps/github": {"apps/github": True, "apps/github/a.go": True, "apps/github2/a.go": False},
    "/*": {"README.md": True, "docs/README.md": False},
    "docs/**": {"docs/a": True, "docs/b/c": True, "docs": False},
    "a/**/b": {"a/b": True, "a/x/b": True, "a/x/y/b/file": True, "a/xb": False},
    "/src/*/test/*.py": {"src/a/test/b.py": True, "src/a/b/test/c.py": False},
    "file?.txt": {"file1.txt": True, "deep/fileA.txt": True, "file12.txt": False},
    "/a\\ b/": {"a b/c": True, "a/c": False},
    "Apps/": {"apps/a": False, "Apps/a": True},
    "*.tf.json": {"x/a.tf.json": True, "x/a.tf": False},
    "/a*b*c/": {"abc/x": True, "aXbYc/x": True, "acb/x": False},
}


def codeowners(text: str, place: str = ".github/CODEOWNERS") -> Codeowners:
    found = find_codeowners({place: text.encode()})
    assert found is not None
    return found


def owners(text: str, path: str) -> tuple[str, ...] | None:
    line = codeowners(text).line_for(path)
    return None if line is None else line.owners


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        (pattern, path, is_match)
        for pattern, paths in RULES.items()
        for path, is_match in paths.items()
    ],
)
def test_patterns_match_what_github_says(pattern: str, path: str, is_match: bool) -> None:
    assert (owners(f"{pattern} @acme/x", path) is not None) is is_match


def test_the_last_matching_line_wins() -> None:
    text = "*  @acme/platform\n*.yaml @acme/ops\n/apps/ @acme/shop @jane\n"

    assert owners(text, "a.yaml") == ("@acme/ops",)
    assert owners(text, "apps/a.yaml") == ("@acme/shop", "@jane")
    assert owners(text, "Makefile") == ("@acme/platform",)


def test_a_line_without_owners_takes_ownership_away_and_no_line_is_something_else() -> None:
    text = "/apps/ @octocat\n/apps/github\n"

    assert owners(text, "apps/github/a.go") == ()
    assert owners(text, "README.md") is None


def test_comments_sections_and_what_github_skips_are_skipped() -> None:
    text = (
        "\ufeff# all of it\n\n*.go @acme/go # only for now @acme/wrong\r\n[Section] @acme/gitlab\n"
        "^[Optional][2]\n!*.md @acme/negated\n[a-z].txt @acme/range\n\\#x @acme/escaped\n"
        "*.c not-an-owner\n/ @acme/root\n"
    )
    found = codeowners(text)

    assert [(line.number, line.pattern, line.owners) for line in found.lines] == [
        (3, "*.go", ("@acme/go",))
    ]


def test_people_are_named_by_handle_or_address() -> None:
    assert owners("*.md docs@example.com @jane", "a.md") == ("docs@example.com", "@jane")


def test_the_first_of_the_three_places_counts_alone() -> None:
    files = {"docs/CODEOWNERS": b"* @c", "CODEOWNERS": b"* @b", "deep/CODEOWNERS": b"* @d"}
    found = find_codeowners(files)

    assert found is not None
    assert found.place == "CODEOWNERS"
    assert find_codeowners({"deep/CODEOWNERS": b"* @d"}) is None
    assert codeowners("* @a").place == ".github/CODEOWNERS"


@pytest.mark.parametrize("data", [b"x" * (3 * 1024**2 + 1), b"a @b\n" * 10_001])
def test_a_file_that_is_too_large_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"CODEOWNERS has .* I read"):
        find_codeowners({"CODEOWNERS": data})


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 100 + "b", "a" * 200),
        ("**/" * 100 + "x", "a/" * 200 + "y"),
        ("/" + "*/" * 100 + "**/" * 50 + "x", "a/" * 300 + "y"),
        ("**" * 200 + "b", "a" * 300),
    ],
)
def test_patterns_that_would_hang_a_regular_expression_take_no_time(
    pattern: str, path: str
) -> None:
    start = time.perf_counter()
    found = owners(f"{pattern} @acme/x", path)

    assert found is None
    assert time.perf_counter() - start < 0.1


def test_ten_thousand_paths_in_a_thousand_lines_are_quick() -> None:
    text = "* @acme/all\n" + "".join(f"/apps/team-{n}/ @acme/t{n}\n" for n in range(1_000))
    found = codeowners(text)
    start = time.perf_counter()
    for n in range(10_000):
        found.line_for(f"apps/team-{n % 1000}/deploy-{n % 3}.yaml")

    assert time.perf_counter() - start < 3
