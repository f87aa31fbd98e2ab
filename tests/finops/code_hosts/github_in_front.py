"""A proxy before the GitHub emulator: it refuses, loses and limits, and knows some GraphQL.

The emulator has no GraphQL. The four mutations and the one query that finops-bot uses are carried
out here on the emulator's REST API, and refused as GitHub documents it: a commit only on the
expected one, a reference moved only from where it was said to stand.
"""

import base64
import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError

import pytest
from github import InputGitTreeElement
from github.Repository import Repository

from finops.code_hosts.github import GitHubHost
from tests.finops.code_hosts.hosts import FILES, github_host
from tests.real_parts.github_emulator import GitHubPart

JSON = {"Content-Type": "application/json"}


@dataclass
class GraphQL:
    """The part of GitHub's GraphQL that finops-bot asks."""

    repository: Repository
    editor: dict[str, str] | None = None
    calls: list[str] = field(default_factory=list)
    drafts: list[bool] = field(default_factory=list)
    merging: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: dict[str, Any]) -> "Answer":
        query = str(asked["query"])
        if query.startswith("mutation"):
            name = query.split("{", 1)[1].split("(", 1)[0].strip()
            self.calls.append(name)
            return getattr(self, name)(asked["variables"]["input"])  # type: ignore[no-any-return]
        self.calls.append("query")
        return _data({"repository": {"issue": {"editor": self.editor}}})

    def createCommitOnBranch(self, wanted: dict[str, Any]) -> "Answer":  # noqa: N802 - GitHub's
        branch, parent = wanted["branch"]["branchName"], wanted["expectedHeadOid"]
        if self._at(branch) != parent:
            words = f'Expected branch to point to "{self._at(branch)}" but it did not.'
            return _refused("STALE_DATA", words)
        message = wanted["message"]
        elements = []
        for each in wanted["fileChanges"]["additions"]:
            assert base64.b64decode(each["contents"], validate=True) is not None
            blob = self.repository.create_git_blob(each["contents"], "base64")
            elements.append(InputGitTreeElement(each["path"], "100644", "blob", sha=blob.sha))
        tree = self.repository.create_git_tree(elements, self.repository.get_git_tree(parent))
        commit = self.repository.create_git_commit(
            f"{message['headline']}\n\n{message['body']}",
            tree,
            [self.repository.get_git_commit(parent)],
        )
        self._point(branch, commit.sha)
        return _data({"createCommitOnBranch": {"commit": {"oid": commit.sha}}})

    def updateRefs(self, wanted: dict[str, Any]) -> "Answer":  # noqa: N802 - GitHub's
        for update in wanted["refUpdates"]:
            branch = update["name"].removeprefix("refs/heads/")
            if self._at(branch) != update["beforeOid"]:
                return _refused("UNPROCESSABLE", "A ref is not where it was said to be.")
            self._point(branch, update["afterOid"])
        return _data({"updateRefs": {"clientMutationId": None}})

    def convertPullRequestToDraft(self, _: dict[str, Any]) -> "Answer":  # noqa: N802 - GitHub's
        self.drafts.append(True)
        return _data({"convertPullRequestToDraft": {"pullRequest": {"isDraft": True}}})

    def enablePullRequestAutoMerge(self, wanted: dict[str, Any]) -> "Answer":  # noqa: N802
        self.merging.append(wanted)
        return _data({"enablePullRequestAutoMerge": {"clientMutationId": None}})

    def _at(self, branch: str) -> str:
        return self.repository.get_git_ref(f"heads/{branch}").object.sha

    def _point(self, branch: str, commit: str) -> None:
        url = f"{self.repository.url}/git/refs/heads/{branch}"
        values = {"sha": commit, "force": True}
        self.repository.requester.requestJsonAndCheck("PATCH", url, input=values)


def _data(data: dict[str, Any]) -> "Answer":
    return 200, JSON, json.dumps({"data": data}).encode()


def _refused(kind: str, message: str) -> "Answer":
    # GitHub answers 200 to what it refuses.
    return 200, JSON, json.dumps({"errors": [{"type": kind, "message": message}]}).encode()


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class BadDay:
    """What the proxy answers instead: before GitHub sees a request, or after it acted on it."""

    target: str
    refuse: dict[tuple[str, str], Answer] = field(default_factory=dict)
    lose: dict[tuple[str, str], Answer] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    graphql: GraphQL | None = None

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
        key = (method, path.partition("?")[0].rstrip("/").rsplit("/", 1)[-1])
        self.seen.append(key)
        if key == ("POST", "graphql") and self.graphql is not None:
            return self.graphql.answer(json.loads(body or b"{}"))
        if key in self.refuse:
            return self.refuse[key]
        real = _forwarded(self.target + path, method, headers, body)
        return self.lose.pop(key, real)


def _forwarded(url: str, method: str, headers: dict[str, str], body: bytes | None) -> Answer:
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@pytest.fixture
def bad_day(github: GitHubPart) -> Iterator[tuple[BadDay, str]]:
    day = BadDay(github.base_url)

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            kept = ("Authorization", "Content-Type", "Accept")
            headers = {key: self.headers[key] for key in kept if key in self.headers}
            body = self.rfile.read(size) if size else None
            status, replied, content = day.answer(self.command, self.path, headers, body)
            # PyGithub follows the addresses in answers, and to its own server only.
            here = f"http://{self.headers['Host']}"
            content = content.replace(day.target.encode(), here.encode())
            self.send_response(status)
            for key, value in replied.items():
                if key.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("localhost", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield day, f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(github: GitHubPart) -> Repository:
    return github.new_repository(FILES)


@pytest.fixture
def host(bad_day: tuple[BadDay, str], repository: Repository) -> Iterator[GitHubHost]:
    host = github_host(bad_day[1], repository.full_name)
    yield host
    host.close()


@pytest.fixture
def day(bad_day: tuple[BadDay, str]) -> BadDay:
    return bad_day[0]


def said(message: str) -> bytes:
    return json.dumps({"message": message}).encode()
