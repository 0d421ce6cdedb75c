"""Addresses of what is asked of the grassroots."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.burden import views

urlpatterns: list[URLPattern] = [
    path("", views.show_city, name="burden"),
    path("units/<int:pk>/", views.show_unit, name="burden-unit"),
    path("units/<int:pk>/records/", views.list_records, name="burden-records"),
    path("what/<slug:kind>/<slug:code>/", views.show_definition, name="burden-definition"),
]
