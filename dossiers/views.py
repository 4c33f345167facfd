"""The wizard's pages."""

from django.shortcuts import render


def start(request):
    return render(request, "base.html")


def begin(request, code):
    return render(request, "base.html")


def discard(request, key):
    return render(request, "base.html")


def autosave(request, key, slug):
    return render(request, "base.html")


def resume(request, key):
    return render(request, "base.html")


def step(request, key, slug):
    return render(request, "base.html")


def receipt(request, key):
    return render(request, "base.html")
