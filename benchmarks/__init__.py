"""Benchmarks: each prints one JSON object as its last line and takes its data by an argument."""
