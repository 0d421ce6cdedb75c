"""Addresses of the numbers."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.stats import bulletin, programmes, views

urlpatterns: list[URLPattern] = [
    path("stats/", views.show_stats, name="stats"),
    path("stats/entries/", views.show_entries, name="stats-entries"),
    path("programmes/", programmes.list_programmes, name="programmes"),
    path("programmes/<slug:code>/", programmes.show_programme, name="programme"),
    path("bulletin/", bulletin.show, name="bulletin"),
    path("bulletin/issue/", bulletin.issue, name="bulletin-issue"),
    path("bulletin/trend/", bulletin.show_trend, name="bulletin-trend"),
    path("bulletin/<str:period>/<int:number>/", bulletin.show_issued, name="bulletin-issued"),
]
