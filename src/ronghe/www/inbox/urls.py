"""Addresses of what is told outside the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.inbox import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/inbox/", views.show_inbox, name="inbox"),
    path("desk/inbox/read/", views.read_all, name="inbox-read"),
    path("desk/inbox/<int:pk>/", views.open_message, name="inbox-message"),
    path("test-messages/", views.show_test_messages, name="test-messages"),
]
