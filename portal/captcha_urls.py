"""Addresses of the confirmation code: its image and its sound."""

from django.urls import path

from portal import captcha

urlpatterns = [
    path("<slug:key>.png", captcha.image, name="captcha-image"),
    path("<slug:key>.wav", captcha.sound, name="captcha-sound"),
]
