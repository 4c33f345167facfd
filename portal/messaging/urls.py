from django.urls import path

from portal.messaging import views

urlpatterns = [path("mo/", views.incoming, name="sms_mo")]
