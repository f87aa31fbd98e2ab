"""`finops init`: looks around, asks, and writes a commented configuration file."""
