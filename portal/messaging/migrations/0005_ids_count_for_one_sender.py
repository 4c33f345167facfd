"""A gateway's id counts for one sender; parts are told apart by their place, and found by what is left of their text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_messages_to_forget")]

    operations = [
        migrations.AlterField("incomingsms", "provider_id", models.CharField("mã của nhà mạng", max_length=100)),
        migrations.AddConstraint(
            "incomingsms",
            models.UniqueConstraint(fields=["provider_id", "sender"], name="one_incoming_sms_per_id_and_sender"),
        ),
        migrations.AlterField("incomingpart", "provider_id", models.CharField(max_length=100)),
        migrations.AddConstraint(
            "incomingpart",
            models.UniqueConstraint(fields=["provider_id", "sender", "reference", "total", "number"], name="each_part_once"),
        ),
        migrations.AddIndex(
            "incomingpart",
            models.Index(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("joined_at__isnull", True), _connector="OR"),
                fields=["received_at"],
                name="parts_with_text",
            ),
        ),
    ]
