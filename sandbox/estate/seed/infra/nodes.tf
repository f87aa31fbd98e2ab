# The machines of shop-prod. Sizes are set here and nowhere else: no cluster autoscaler yet.

resource "aws_eks_node_group" "general" {
  cluster_name    = "shop-prod"
  node_group_name = "general"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = var.private_subnet_ids
  instance_types  = ["m6i.xlarge"]

  scaling_config {
    desired_size = 12 # doubled for the 2025 sale
    min_size     = 4
    max_size     = 16
  }

  tags = {
    team = "platform"
  }
}

resource "aws_eks_node_group" "search" {
  cluster_name    = "shop-prod"
  node_group_name = "search"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = var.private_subnet_ids
  instance_types  = ["r6i.xlarge"]

  scaling_config {
    desired_size = 3
    min_size     = 3
    max_size     = 3
  }

  tags = {
    team = "data"
  }
}
