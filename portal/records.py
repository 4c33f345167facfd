"""Records of what happened: written once. A migration adds the trigger with which the database refuses changes too."""

from django.db import models


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **values):
        raise TypeError("a record of what happened is never changed")

    def delete(self):
        raise TypeError("a record of what happened is never removed")


class AppendOnly(models.Model):
    """A record of what happened: written once; the database refuses every change as well."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a record of what happened is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a record of what happened is never removed")
