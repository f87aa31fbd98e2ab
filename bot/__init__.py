"""The process: command line, settings, wiring, Slack app, worker, schedule, web."""
