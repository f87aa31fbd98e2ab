"""A simulated estate whose desired state is a real git repository and whose time can be moved."""
