"""Lets the audit log begin with what stands on the boards already."""

from django.db import migrations

from audit.log import append
from submissions.board_audit import BOARD_KIND, names_of, rows_of

ROWS_AN_ENTRY = 100


def begin(apps, _schema_editor):
    # The models as they were then: later columns are not there yet.
    BoardLine = apps.get_model("submissions", "BoardLine")
    found = sorted(rows_of(BoardLine.objects.all()).items())
    for start in range(0, len(found), ROWS_AN_ENTRY):
        rows = [{**names_of(key), "row": row} for key, row in found[start : start + ROWS_AN_ENTRY]]
        append(BOARD_KIND, subject="boards", detail={"because": "begin", "rows": rows})


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_rescore_jobs"), ("audit", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
