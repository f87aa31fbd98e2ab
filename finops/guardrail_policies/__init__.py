"""The policies behind `finops.guardrails`: settings, windows, and one function for each policy."""
