"""Addresses of a dossier: the wizard, its receipt, its papers, and the citizen's own list."""

from django.urls import path

from dossiers import files, mine, opened, views

app_name = "dossiers"

urlpatterns = [
    path("nop-ho-so/", views.start, name="start"),
    path("nop-ho-so/bat-dau/<str:code>/", views.begin, name="begin"),
    path("nop-ho-so/<uuid:key>/xoa/", views.discard, name="discard"),
    path("nop-ho-so/<uuid:key>/luu/<slug:slug>/", views.autosave, name="autosave"),
    path("nop-ho-so/<uuid:key>/giay-to/<str:paper>/tai-len/", files.upload, name="upload"),
    path("nop-ho-so/<uuid:key>/da-nop/", views.receipt, name="receipt"),
    path("nop-ho-so/<uuid:key>/", views.resume, name="resume"),
    path("nop-ho-so/<uuid:key>/kiem-tra/", views.check_and_submit, name="review"),
    path("nop-ho-so/<uuid:key>/<slug:slug>/", views.step, name="step"),
    path("giay-to/<uuid:key>/", files.serve, name="file"),
    path("giay-to/<uuid:key>/anh-nho/", files.thumbnail, name="thumbnail"),
    path("giay-to/<uuid:key>/xoa/", files.remove, name="remove"),
    path("giay-to/<uuid:key>/hoan-tac/", files.restore, name="restore"),
    path("ho-so/", mine.mine, name="mine"),
    path("ho-so/luot-xem/", opened.show, name="opened"),
    path("ho-so/<str:code>/", mine.detail, name="detail"),
    path("ho-so/<str:code>/rut/", mine.withdraw, name="withdraw"),
    path("ho-so/<str:code>/bo-sung/", mine.supplement, name="supplement"),
]
