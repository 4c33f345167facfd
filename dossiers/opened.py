"""“Ai đã xem hồ sơ của tôi”: which office opened which dossier, what of it, and when.

The office answers for its officials, and its own record names them (the head of the office reads it);
the citizen is told the office, which is whom to ask, and no private person's name.
"""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.models import DossierAccess

PER_PAGE = 20


def of(citizen):
    """Every time somebody else opened a dossier of this citizen, the newest first."""
    rows = DossierAccess.objects.filter(dossier__citizen=citizen).exclude(user=citizen)
    return rows.select_related("dossier__version__procedure").order_by("-at", "-pk")


@never_cache
@require_safe
def show(request):
    page = Paginator(of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossiers/opened.html", {"page": page})
