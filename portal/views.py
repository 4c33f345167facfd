"""The home page and the pages of plain text."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import render

# These pages ask nothing of the database, so they open no transaction and stand when it is away.


@login_not_required
@transaction.non_atomic_requests
def home(request):
    return render(request, "home.html")


def page(name):
    """A view that shows templates/pages/<name>.html to everyone."""

    @login_not_required
    @transaction.non_atomic_requests
    def show(request):
        return render(request, f"pages/{name}.html")

    return show
