from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_rescore_jobs")]

    operations = [
        migrations.AddField("submission", "usage", models.JSONField(default=dict)),
    ]
