from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_when_a_provider_failed"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="forget",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(condition=models.Q(("forget", True)), fields=["id"], name="messages_to_forget"),
        ),
    ]
