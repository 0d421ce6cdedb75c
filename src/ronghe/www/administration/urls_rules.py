"""Addresses of the calendars, and of definitions and their editions."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.administration import calendars, definitions, hours, moving, packs

urlpatterns: list[URLPattern] = [
    path("calendars/", calendars.show_calendars, name="admin-calendars"),
    path("calendars/hours/", hours.show_hours, name="admin-hours"),
    path("calendars/hours/change/", hours.change_hours, name="admin-hours-change"),
    path("calendars/hours/<int:pk>/moved/", hours.show_moved, name="admin-hours-moved"),
    path("calendars/hours/<int:pk>/moved.xlsx", hours.download_moved, name="admin-hours-moved-file"),
    path("calendars/<int:year>/", calendars.show_year, name="admin-calendar"),
    path("calendars/<int:year>/enter/", calendars.enter_notice, name="admin-calendar-enter"),
    path("calendars/<int:year>/moved/", calendars.show_moved, name="admin-calendar-moved"),
    path("calendars/<int:year>/moved.xlsx", calendars.download_moved, name="admin-calendar-moved-file"),
    path("definitions/", definitions.show_definitions, name="admin-definitions"),
    path("definitions/procedure/<slug:code>/try/", definitions.try_definition, name="admin-definition-try"),
    path("definitions/procedure/<slug:code>/move/", moving.move_running, name="admin-definition-move"),
    path("definitions/<slug:kind>/<str:code>/", definitions.show_definition, name="admin-definition"),
    path("packs/", packs.show_packs, name="admin-packs"),
    path("packs/<int:pk>/", packs.show_proposal, name="admin-proposal"),
    path("packs/<int:pk>/try/", packs.try_proposal, name="admin-proposal-try"),
    path("packs/<int:pk>/drop/", packs.drop_proposal, name="admin-proposal-drop"),
]
