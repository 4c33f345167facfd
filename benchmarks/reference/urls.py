from django.urls import path
from reference.views import sms, sms_asked, track

from portal.urls import *  # noqa: F403 - every address of the portal, and those compared with them
from portal.urls import urlpatterns as portal_urls

urlpatterns = [
    path("reference/sms/", sms),
    path("reference/sms/asked/", sms_asked),
    path("reference/<str:code>/", track, name="reference"),
    *portal_urls,
]
