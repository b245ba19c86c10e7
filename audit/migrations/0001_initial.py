import django.db.models
from django.db import migrations, models

from audit import guard


def install(_apps, schema_editor):
    guard.install(schema_editor.connection)


def remove(_apps, schema_editor):
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={"ordering": ["number"], "verbose_name_plural": "audit entries"},
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.Q(("pk", 1)), name="one_audit_head"
                    )
                ]
            },
        ),
        migrations.RunPython(install, remove),
    ]
