from django.urls import path

from procedures import views

app_name = "procedures"

urlpatterns = [
    path("thu-tuc/", views.procedures, name="list"),
    path("thu-tuc/<str:code>/", views.procedure, name="detail"),
]
