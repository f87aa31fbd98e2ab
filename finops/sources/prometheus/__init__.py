"""What containers used, from any PromQL endpoint, in few and gentle questions."""
