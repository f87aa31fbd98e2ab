"""Pure renderers: domain data in, Block Kit out. Nothing here asks anybody anything.

Everything that comes from outside passes `text.safe`, which escapes and bounds it, so that each
limit of Slack and the 12,000 characters of a whole message hold by construction.
"""
