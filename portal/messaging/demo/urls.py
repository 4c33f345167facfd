"""The development inbox and its gateway; named in the map of the site with DEMO=1 only."""

from django.urls import path

from portal.messaging.demo import gateway, inbox

urlpatterns = [
    path("hop-thu/", inbox.Inbox.as_view(), name="dev_inbox"),
    path("sendsms", gateway.sendsms, name="dev_sendsms"),
    path("hop-thu/<int:pk>/", inbox.letter, name="dev_letter"),
]
