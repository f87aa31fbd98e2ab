"""Pull requests that are not one proposal: reverts and groups; and the dashboard issue."""
