"""The development inbox; named in the map of the site with DEMO=1 only."""

from django.urls import path

from portal.messaging import inbox

urlpatterns = [
    path("hop-thu/", inbox.Inbox.as_view(), name="dev_inbox"),
    path("hop-thu/<int:pk>/", inbox.letter, name="dev_letter"),
]
