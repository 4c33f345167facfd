"""Addresses of the confirmation code: its image and its sound."""

from django.urls import include, path

urlpatterns = [path("", include("captcha.urls"))]
