resource "aws_ebs_volume" "search_snapshots" {
  availability_zone = "us-east-1a"
  size              = 400
  type              = "gp3"

  tags = {
    Name = "search-snapshots"
    team = "data"
  }
}

resource "aws_volume_attachment" "search_snapshots" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.search_snapshots.id
  instance_id = aws_instance.backup.id
}

# Kept "for a week" after the move to Aurora (2024).
resource "aws_ebs_volume" "legacy_orders_db" {
  availability_zone = "us-east-1a"
  size              = 800
  type              = "gp2"

  tags = {
    Name = "legacy-orders-db"
    team = "shop"
  }
}

resource "aws_ebs_volume" "etl_scratch" {
  availability_zone = "us-east-1b"
  size              = 1000
  type              = "gp3"

  tags = {
    Name = "etl-scratch"
    team = "data"
  }
}

resource "aws_ebs_volume" "reindex_2026_11" {
  availability_zone = "us-east-1b"
  size              = 250
  type              = "gp3"

  tags = {
    Name = "reindex-2026-11"
    team = "data"
  }
}
