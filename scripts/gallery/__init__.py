"""What the gallery shows: `samples` are its data, `surfaces` its pictures."""
