from tests.real_parts.github_emulator import GitHubPart


def test_a_pull_request_is_opened_and_merged(github: GitHubPart) -> None:
    repository = github.new_repository({"apps/api.yaml": b"replicas: 3\r\n"})
    main = repository.get_branch("main").commit.sha
    repository.create_git_ref("refs/heads/finops/less", main)
    file = repository.get_contents("apps/api.yaml", ref="finops/less")
    assert not isinstance(file, list)
    repository.update_file(file.path, "Less", b"replicas: 2\r\n", file.sha, branch="finops/less")

    pull = repository.create_pull(base="main", head="finops/less", title="Less", body="Saves")
    merged = pull.merge().merged
    after = repository.get_contents("apps/api.yaml", ref="main")

    assert merged
    assert not isinstance(after, list)
    assert after.decoded_content == b"replicas: 2\r\n"


def test_every_repository_is_new(github: GitHubPart) -> None:
    one, other = github.new_repository({"a": b""}), github.new_repository({"a": b""})

    assert one.full_name != other.full_name
    assert list(other.get_pulls(state="all")) == []
