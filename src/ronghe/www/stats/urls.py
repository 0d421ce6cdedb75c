"""Addresses of the numbers."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.stats import views

urlpatterns: list[URLPattern] = [
    path("stats/", views.show_stats, name="stats"),
    path("stats/entries/", views.show_entries, name="stats-entries"),
]
