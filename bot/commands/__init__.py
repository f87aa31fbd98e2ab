"""One module a family of commands; `bot/cli.py` imports only the one that is asked for."""
