"""Addresses of the registry: organisations, enterprises, coverage."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.registry.views import acts, coverage, decisions, duties, enterprises, organisations

urlpatterns: list[URLPattern] = [
    path("organisations/", organisations.list_organisations, name="organisations"),
    path("organisations/<int:pk>/", organisations.show_organisation, name="organisation"),
    path("organisations/<int:pk>/decide/", decisions.note_decision, name="decide"),
    path("organisations/<int:pk>/duties/<int:which>/", duties.describe, name="post-duties"),
    path("organisations/<int:pk>/<slug:name>/", acts.act, name="organisation-act"),
    path("organisations/<int:pk>/<slug:name>/<int:which>/", acts.act, name="organisation-row-act"),
    path("enterprises/", enterprises.list_enterprises, name="enterprises"),
    path("enterprises/<int:pk>/", enterprises.show_enterprise, name="enterprise"),
    path("coverage/", coverage.show_coverage, name="coverage"),
]
