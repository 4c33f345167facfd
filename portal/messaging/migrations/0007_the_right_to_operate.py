from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_which_sending_it_is")]

    operations = [
        migrations.AlterModelOptions(
            name="outgoingmessage",
            options={
                "permissions": [("operate_messages", "Vận hành việc gửi tin: xem tin của mọi cơ quan")],
                "verbose_name": "tin gửi đi",
                "verbose_name_plural": "tin gửi đi",
            },
        ),
    ]
