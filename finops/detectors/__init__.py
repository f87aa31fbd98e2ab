"""One kind of waste a file. A detector is a pure function of a snapshot with a name."""
