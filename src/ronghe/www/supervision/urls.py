"""Addresses of the supervision board."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.supervision import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_supervision, name="supervision"),
    path("urge/", views.urge, name="supervision-urge"),
]
