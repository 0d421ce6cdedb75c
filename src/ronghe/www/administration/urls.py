"""Addresses of administration, below /desk/admin/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.administration import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_index, name="admin"),
]
