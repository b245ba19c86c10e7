"""Tests of the `ibench` client: what it imports, sends, keeps and prints."""
