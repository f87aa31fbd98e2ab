"""What runs in a cluster, read from its Kubernetes API server and never changed."""
