from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0013_begin_audit")]

    operations = [
        migrations.AddField("submission", "usage", models.JSONField(default=dict)),
    ]
