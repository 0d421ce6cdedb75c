"""Addresses of the duties."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.duties import acts, grid, month, one

urlpatterns: list[URLPattern | URLResolver] = [
    path("month/", month.show_month, name="month"),
    path("duties/", grid.show_duties, name="duties"),
    path("duties/units/", grid.show_units, name="duties-units"),
    path("duties/holders/", grid.show_holders, name="duties-holders"),
    path("duties/excuse/", acts.excuse, name="duties-excuse"),
    path("duties/excuses/<int:pk>/end/", acts.end_excuse, name="duties-excuse-end"),
    path("duties/<str:code>/", one.show_duty, name="duty"),
    path("duties/<str:code>/confirm/", acts.confirm, name="duty-confirm"),
]
