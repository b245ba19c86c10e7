"""Makes the table in which attempts to sign in are counted."""

from django.core.management import call_command
from django.db import migrations


def make_table(_apps, schema_editor):
    call_command(
        "createcachetable", "counters", database=schema_editor.connection.alias, verbosity=0
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_closed_accounts")]
    operations = [
        migrations.RunPython(make_table, migrations.RunPython.noop)
    ]
