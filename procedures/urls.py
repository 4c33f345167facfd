"""Addresses of the catalogue."""

from django.urls import path, re_path

from procedures import views

app_name = "procedures"

urlpatterns = [
    path("thu-tuc/", views.procedures, name="list"),
    # Only what a code may be made of: a NUL in an address must not reach PostgreSQL.
    re_path(r"^thu-tuc/(?P<code>[0-9A-Za-z.-]{1,30})/$", views.procedure, name="detail"),
]
