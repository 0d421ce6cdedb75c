"""Addresses of the calendar feed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.calendar_feed import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/me/calendar/", views.show_calendar, name="my-calendar"),
    path("calendar/<str:secret>.ics", views.feed, name="calendar-feed"),
]
