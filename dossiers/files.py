"""The papers of a dossier, in and out."""

from django.shortcuts import render


def upload(request, key, paper):
    return render(request, "base.html")


def serve(request, key):
    return render(request, "base.html")


def thumbnail(request, key):
    return render(request, "base.html")


def remove(request, key):
    return render(request, "base.html")


def restore(request, key):
    return render(request, "base.html")
