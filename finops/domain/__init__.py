"""Values and rules without I/O. Everything else in `finops` depends on this and not the reverse."""
