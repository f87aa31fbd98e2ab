"""The packing simulator: which pods fit on which nodes, before and after. Pure."""
