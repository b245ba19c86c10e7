"""What runs the portal elsewhere: roles, compose file, cluster example, checks before it serves."""
