"""The files of a GitHub repository: one listing a commit, and only the contents that are new."""

import base64
from collections import OrderedDict
from dataclasses import dataclass, field

from github.GitTree import GitTree
from github.GitTreeElement import GitTreeElement
from github.Repository import Repository

from finops.code_hosts.proposals import MAX_FILE_BYTES, is_text
from finops.domain.errors import WillNeverWork
from finops.owners.codeowners import PLACES

# What the editors read; a `.tf.json` beside a volume may use it, so removing asks it too.
RELEVANT = (".yaml", ".yml", ".tf", ".tf.json", ".tofu", ".tfvars", "terragrunt.hcl")
_CACHE_BYTES = 64 * 1024**2

# What charts and overlays are rendered from besides.
_RENDERED = (".tpl", "/Kustomization", "values.schema.json", ".patch.json")


@dataclass(slots=True)
class BlobCache:
    """Contents by blob id, the least recently used dropped beyond 64 MB."""

    _contents: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _size: int = 0

    def read(self, repository: Repository, blob_id: str) -> bytes:
        """The content, from memory or from GitHub."""
        if blob_id in self._contents:
            self._contents.move_to_end(blob_id)
            return self._contents[blob_id]
        content = base64.b64decode(repository.get_git_blob(blob_id).content)
        self._contents[blob_id] = content
        self._size += len(content)
        while self._size > _CACHE_BYTES:
            self._size -= len(self._contents.popitem(last=False)[1])
        return content


def list_files(repository: Repository, commit: str) -> dict[str, GitTreeElement]:
    """The plain files of a commit by path. Raises WillNeverWork when GitHub cuts the list."""
    tree = repository.get_git_tree(commit, recursive=True)
    if _is_truncated(tree):
        raise WillNeverWork(
            f"{repository.full_name} has more files than GitHub lists at once (100,000 or 7 MB), "
            "so the source cannot be searched with certainty; give finops-bot a smaller "
            "repository."
        )
    return {
        each.path: each
        for each in tree.tree
        if each.type == "blob" and each.mode in ("100644", "100755")
    }


def read_relevant(repository: Repository, commit: str, cache: BlobCache) -> dict[str, bytes]:
    """The manifests, Terraform files and CODEOWNERS of a commit, up to 5 MB each."""
    wanted = {
        path: entry.sha
        for path, entry in list_files(repository, commit).items()
        if (path.endswith((*RELEVANT, *_RENDERED)) or path in PLACES)
        and (entry.size or 0) <= MAX_FILE_BYTES
    }
    contents = {path: cache.read(repository, sha) for path, sha in wanted.items()}
    return {path: content for path, content in contents.items() if is_text(content)}


def _is_truncated(tree: GitTree) -> bool:
    return bool(tree.raw_data.get("truncated"))
