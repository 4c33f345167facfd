from django.urls import path

from portal.messaging import report_views, views

urlpatterns = [
    path("mo/", views.incoming, name="sms_mo"),
    path("bao-cao/<str:token>/", report_views.report, name="sms_report"),
]
