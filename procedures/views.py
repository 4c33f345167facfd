"""The catalogue as anybody may read it."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render

from procedures.models import Procedure


@login_not_required
def procedures(request):
    return render(request, "procedures/list.html", {"procedures": Procedure.objects.listed()})


@login_not_required
def procedure(request, code):
    found = get_object_or_404(Procedure.objects.listed(), code=code)
    return render(request, "procedures/detail.html", {"procedure": found, "version": found.current})
