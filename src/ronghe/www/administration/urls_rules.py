"""Addresses of the calendars, and of definitions and their editions."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.administration import calendars

urlpatterns: list[URLPattern] = [
    path("calendars/", calendars.show_calendars, name="admin-calendars"),
    path("calendars/<int:year>/", calendars.show_year, name="admin-calendar"),
    path("calendars/<int:year>/enter/", calendars.enter_notice, name="admin-calendar-enter"),
    path("calendars/<int:year>/moved/", calendars.show_moved, name="admin-calendar-moved"),
    path("calendars/<int:year>/moved.xlsx", calendars.download_moved, name="admin-calendar-moved-file"),
]
