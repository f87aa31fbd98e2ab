"""What a percentile does not know: one rule a file, composed in `order`."""
