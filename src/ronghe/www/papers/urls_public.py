"""Addresses of notices open to everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.papers import public

urlpatterns: list[URLPattern] = [
    path("notices/", public.show_notices, name="public-notices"),
    path("notices/<int:pk>/", public.show_notice, name="public-notice"),
    path("notices/<int:pk>/comment/", public.comment, name="notice-comment"),
]
