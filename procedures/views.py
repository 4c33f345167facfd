"""The catalogue as anybody may read it."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from procedures.forms import SearchForm
from procedures.models import Procedure
from procedures.sheet import Sheet

PER_PAGE = 20


@login_not_required
def procedures(request):
    form = SearchForm(request.GET)
    found = form.narrow(Procedure.objects.listed().prefetch_related("current__fees"))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"procedure": procedure, "sheet": Sheet(procedure)} for procedure in page],
        "typed": form.cleaned_data.get("q", ""),
        "query": rest_of_address(request.GET),
        "trail": [(_("Thủ tục hành chính"), "")],
    }
    return render(request, "procedures/list.html", context)


def rest_of_address(asked: QueryDict) -> str:
    """The search without its page, for the links to the other pages."""
    kept = QueryDict(mutable=True)
    for name in ("q", "linh_vuc", "cap"):
        if asked.get(name):
            kept[name] = asked[name]
    return f"{kept.urlencode()}&" if kept else ""


@login_not_required
def procedure(request, code):
    found = get_object_or_404(Procedure.objects.with_sheet(), code=code)
    context = {
        "procedure": found,
        "version": found.current,
        "sheet": Sheet(found),
        "trail": [(_("Thủ tục hành chính"), reverse("procedures:list")), (found.short_name, "")],
    }
    return render(request, "procedures/detail.html", context)
