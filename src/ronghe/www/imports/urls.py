"""Addresses of the imports."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.imports import views

urlpatterns: list[URLPattern] = [
    path("", views.show_imports, name="imports"),
    path("template/<slug:kind>.xlsx", views.download_template, name="import-template"),
    path("<uuid:token>/", views.preview_import, name="import-preview"),
    path("<uuid:token>/result/", views.show_result, name="import-result"),
    path("<uuid:token>/<str:what>.xlsx", views.download, name="import-download"),
]
