"""Adapters in: manifests in git, Prometheus, AWS inventory, and files in the given shape."""
