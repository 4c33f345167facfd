from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0007_which_sending_it_is"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("state", "waiting")), fields=["expires_at"], name="messages_that_expire"
            ),
        ),
    ]
