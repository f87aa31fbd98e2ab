"""Everything about money: waste, prices, guardrails, ledger, pull requests. No Slack in here."""
