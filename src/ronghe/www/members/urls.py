"""Addresses of the rolls."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.members import facts, views

urlpatterns: list[URLPattern] = [
    path("members/", views.list_members, name="members"),
    path("members/<int:pk>/", views.show_branch, name="members-branch"),
    path("members/<int:pk>/in/", views.admit, name="members-in"),
    path("members/out/<int:pk>/", views.move, name="members-out"),
    path("my-facts/", facts.show_facts, name="my-facts"),
]
