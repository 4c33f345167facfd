"""What citizens see of messages; machines have `urls.py`."""

from django.urls import path

from portal.messaging import received

app_name = "messaging"
urlpatterns = [path("tai-khoan/tin-nhan/", received.show, name="received")]
