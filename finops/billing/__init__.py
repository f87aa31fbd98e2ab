"""What things cost and what was paid: price facts, bill files, the split of a node's cost."""
