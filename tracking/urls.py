"""The public address of a dossier, with and without the final slash."""

from django.urls import path

from tracking import views

app_name = "tracking"

urlpatterns = [
    path("tracuuhs/", views.track, name="track"),
    path("tracuuhs", views.track),
]
