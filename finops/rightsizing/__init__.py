"""How much a container should ask for, whether the change is worth it, and whether it will hold."""
