"""The right to change a board; whoever needs more than one lock takes them in this order.

Boards first, by name; then the rows of what changes; the audit log's head last.  So nobody waits
for a lock of somebody who waits for theirs.
"""

from collections.abc import Iterable

from submissions.models import Release


def lock_board(board: str) -> None:
    """Wait for the right to change a board's rows and ranks, until the transaction ends."""
    list(Release.objects.select_for_update().filter(board=board).order_by("pk").values_list("pk"))


def lock_boards(boards: Iterable[str]) -> None:
    """Wait for the right to change several boards, in one order for everybody."""
    for board in sorted(set(boards)):
        lock_board(board)
