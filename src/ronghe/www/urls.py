"""All addresses of the product."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from ronghe.www.access import PUBLIC, rule
from ronghe.www.administration.health import answer_health
from ronghe.www.clock.views import show_clock
from ronghe.www.home.views import show_home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", show_home, name="home"),
    path("health/", answer_health, name="health"),
    path("api/", include("ronghe.api.urls")),
    path("clock/", show_clock, name="clock"),
    path("language/", rule(PUBLIC)(set_language), name="set-language"),
    path("", include("ronghe.www.account.urls")),
    path("", include("ronghe.www.portal.urls")),
    path("", include("ronghe.www.visitor.urls")),
    path("", include("ronghe.www.inbox.urls")),
    path("", include("ronghe.www.calendar_feed.urls")),
    path("public/", include("ronghe.www.public.urls")),
    path("public/", include("ronghe.www.papers.urls_public")),
    path("desk/imports/", include("ronghe.www.imports.urls")),
    path("desk/activities/", include("ronghe.www.activities.urls")),
    path("desk/file/", include("ronghe.www.filing.urls")),
    path("desk/admin/", include("ronghe.www.administration.urls")),
    path("desk/papers/", include("ronghe.www.papers.urls")),
    path("desk/supervision/", include("ronghe.www.supervision.urls")),
    path("desk/registers/", include("ronghe.www.registers.urls")),
    path("desk/", include("ronghe.www.duties.urls")),
    path("desk/", include("ronghe.www.members.urls")),
    path("desk/burden/", include("ronghe.www.burden.urls")),
    path("desk/", include("ronghe.www.desk.urls")),
    path("", include("ronghe.www.registry.urls")),
]

handler400 = "ronghe.www.errors.bad_request"
handler403 = "ronghe.www.errors.forbidden"
handler404 = "ronghe.www.errors.not_found"
handler500 = "ronghe.www.errors.failed"
