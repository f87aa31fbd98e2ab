"""What the bill says afterwards: the counterfactual and its verdict."""
