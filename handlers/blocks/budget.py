"""What of a long message fits: parts that matter less are left out first.

Slack refuses a message at about 13,200 characters of blocks whatever the single limits say
(slackapi/bolt-js#2509), so 12,000 are used.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.blocks.elements import Block

MOST_CHARACTERS = 12_000
MOST_BLOCKS = 50


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks that stand or go together. Rank 0 always stays; the highest rank goes first."""

    rank: int
    blocks: Sequence[Block]


def fitted(parts: Sequence[Part]) -> list[Block]:
    """The blocks of as many parts as fit, in their order."""
    kept = [part for part in parts if part.blocks]
    while not _fits(kept) and any(part.rank for part in kept):
        # Of equal ones the later goes first.
        least = max(range(len(kept)), key=lambda index: (kept[index].rank, index))
        del kept[least]
    return _blocks(kept)


def characters(blocks: Sequence[Block]) -> int:
    """The size of blocks as Slack is sent them."""
    return len(json.dumps(list(blocks), separators=(",", ":"), ensure_ascii=False))


def _fits(parts: Sequence[Part]) -> bool:
    blocks = _blocks(parts)
    return len(blocks) <= MOST_BLOCKS and characters(blocks) <= MOST_CHARACTERS


def _blocks(parts: Sequence[Part]) -> list[Block]:
    return [block for part in parts for block in part.blocks]
