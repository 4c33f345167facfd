from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_ids_count_for_one_sender")]

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
