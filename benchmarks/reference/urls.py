from django.urls import path
from reference.views import track

from portal.urls import *  # noqa: F403 - every address of the portal, and one more
from portal.urls import urlpatterns as portal_urls

urlpatterns = [path("reference/<str:code>/", track, name="reference"), *portal_urls]
