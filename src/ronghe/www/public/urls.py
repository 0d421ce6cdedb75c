"""Addresses open to everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.public import board

urlpatterns: list[URLPattern] = [
    path("units/", board.show, name="public-units"),
    path("units/units.csv", board.download, name="public-units-csv"),
    path("units/<str:code>/", board.show_unit, name="public-unit"),
]
