"""Savings reports as values, and the pictures of them."""
