"""Addresses of administration, below /desk/admin/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ronghe.www.administration import health, letters, printouts, readings, retention, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_index, name="admin"),
    path("", include("ronghe.www.administration.urls_registry")),
    path("", include("ronghe.www.administration.urls_rules")),
    path("readings/", readings.show_readings, name="admin-readings"),
    path("retention/", retention.show_retention, name="admin-retention"),
    path("retention/find/", retention.find, name="admin-retention-find"),
    path("retention/erase/", retention.erase, name="admin-erase"),
    path("retention/erase-thing/", retention.erase_thing, name="admin-erase-thing"),
    path("retention/erase-due/", retention.erase_due, name="admin-erase-due"),
    path("letters/", letters.show_letters, name="admin-letters"),
    path("letters/<int:pk>/", letters.settle_letter, name="admin-letter"),
    path("printouts/", printouts.show_printouts, name="admin-printouts"),
    path("printouts/<int:pk>/", printouts.settle_printout, name="admin-printout"),
    path("health/", health.show_health, name="admin-health"),
    path("health/<slug:code>/take/", health.take_chore, name="admin-chore-take"),
]
