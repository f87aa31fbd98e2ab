"""Local stand-ins for the outside world: what the demo and the end-to-end tests run against."""
