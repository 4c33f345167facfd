from pathlib import Path

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Engine, RequestContext

from dossiers.models import Dossier
from portal.messaging.models import IncomingSms
from portal.messaging.tasks import answer

engine = Engine(
    dirs=[Path(__file__).parent],
    context_processors=[
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
    libraries={"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"},
)


def track(request, code):
    found = get_object_or_404(Dossier.objects.select_related("version__procedure", "agency").prefetch_related("events"), receipt_code=code)
    context = RequestContext(request, {"dossier": found, "events": found.events.all()})
    return HttpResponse(engine.get_template("track.html").render(context))


def sms(request):
    _store(request)
    return HttpResponse()


def sms_asked(request):
    kept = _store(request)
    transaction.on_commit(lambda: answer.delay(kept.pk))
    return HttpResponse()


def _store(request):
    return IncomingSms.objects.create(provider_id=request.GET["msgid"], sender=request.GET["from"], text=request.GET["text"])
