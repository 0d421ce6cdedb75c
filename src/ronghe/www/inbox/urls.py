"""Addresses of what is told outside the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.inbox import hooks, preferences, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/inbox/", views.show_inbox, name="inbox"),
    path("desk/inbox/read/", views.read_all, name="inbox-read"),
    path("desk/inbox/<int:pk>/", views.open_message, name="inbox-message"),
    path("desk/me/messages/", preferences.show_settings, name="message-settings"),
    path("desk/me/messages/<slug:channel>/", preferences.set_reach, name="message-reach"),
    path("desk/me/hooks/", hooks.list_hooks, name="hooks"),
    path("desk/me/hooks/<int:pk>/", hooks.show_hook, name="hook"),
    path("desk/me/hooks/<int:pk>/change/", hooks.change_hook, name="hook-change"),
    path("my/messages/", preferences.show_my_settings, name="my-message-settings"),
    path("my/messages/<slug:channel>/", preferences.set_my_reach, name="my-message-reach"),
    path("test-messages/", views.show_test_messages, name="test-messages"),
]
