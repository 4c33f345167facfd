"""Addresses of the pages of plain text."""

from django.urls import path

from portal.library import library
from portal.views import page

urlpatterns = [
    path("huong-dan/", page("guide"), name="guide"),
    path("cau-hoi-thuong-gap/", page("questions"), name="questions"),
    path("dieu-khoan/", page("terms"), name="terms"),
    path("bao-ve-du-lieu/", page("privacy"), name="privacy"),
    path("kha-nang-tiep-can/", page("accessibility"), name="accessibility"),
    path("cookie/", page("cookies"), name="cookies"),
    path("lien-he/", page("contact"), name="contact"),
    path("dev/thu-vien/", library, name="library"),
]
