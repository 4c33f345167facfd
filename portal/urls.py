"""The map of the site. Apps are named as strings, so that nothing here imports them."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from portal import health, metrics, views
from portal.admin import site

# Machines and officials: one language, no prefix.
urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("lam-tiep/", views.stay, name="stay"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/oidc/", include("accounts.national.urls")),
    path("quan-tri/", site.urls),
    path("ma-xac-nhan/", include("portal.captcha_urls")),
    path("sms/", include("portal.messaging.urls")),
]
if settings.DEMO:
    urlpatterns += [path("dev/", include("portal.messaging.demo.urls"))]

# Citizens and the public: Vietnamese at /, English under /en/.
urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("", include("portal.pages_urls")),
    path("", include("accounts.urls")),
    path("", include("portal.messaging.citizen_urls")),
    path("", include("procedures.urls")),
    path("", include("dossiers.urls")),
    path("", include("tracking.urls")),
    prefix_default_language=False,
)

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
