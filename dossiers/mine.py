"""The citizen's own dossiers."""

from django.shortcuts import render


def mine(request):
    return render(request, "base.html")


def detail(request, code):
    return render(request, "base.html")


def withdraw(request, code):
    return render(request, "base.html")


def supplement(request, code):
    return render(request, "base.html")
