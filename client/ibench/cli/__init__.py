"""The `ibench` command: each command is a door to one call of `ibench.Portal`."""
