"""Everything about money: waste, prices, guardrails, ledger, pull requests. Knows nothing of Slack."""
