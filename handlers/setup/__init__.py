"""What the setup asks and knows beside its forms: who may, how it stands, what Slack says."""
