"""“Tải dữ liệu của tôi”."""

from django.conf import settings
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import mydata, proof
from portal import throttle

DAY = 86400


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@proof.required
def my_data(request):
    """What the archive holds; a press of the button sends it."""
    if request.method != "POST":
        return render(request, "accounts/my_data.html", {"times": settings.MY_DATA_PER_DAY, "minutes": proof.SECONDS // 60})
    throttle.check("my-data", str(request.user.pk), limit=settings.MY_DATA_PER_DAY, seconds=DAY)
    response = StreamingHttpResponse(mydata.archive(request.user), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="du-lieu-cua-toi-{timezone.localdate():%Y%m%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
