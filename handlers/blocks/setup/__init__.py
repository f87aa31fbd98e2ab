"""The forms in which a platform engineer sets up the installation, and changes it later.

`hub.py` is the first one; from it lead `channels.py`, `teams.py`, `people.py`, `limits.py` and
`rules.py`.
"""
