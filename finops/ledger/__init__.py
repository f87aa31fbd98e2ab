"""The ledger's tables and the small stores on them; `finops.savings_ledger` is the way in."""
