"""Measurements that anyone can repeat: each prints JSON with its inputs, versions and results."""
