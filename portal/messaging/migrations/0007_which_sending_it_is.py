from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_the_right_to_operate")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="sending",
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
