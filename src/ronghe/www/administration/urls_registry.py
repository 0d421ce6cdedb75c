"""Addresses of the administration of units, posts, people and sign-ins."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.administration import people, posts, relationships, units

urlpatterns: list[URLPattern] = [
    path("units/", units.list_units, name="admin-units"),
    path("units/new/", units.new_unit, name="admin-unit-new"),
    path("units/<int:pk>/history/", units.show_unit_history, name="admin-unit-history"),
    path("enterprises/new/", units.new_enterprise, name="admin-enterprise-new"),
    path("posts/", posts.list_posts, name="admin-posts"),
    path("people/", people.list_people, name="admin-people"),
    path("people/new/", people.new_person, name="admin-person-new"),
    path("people/<int:pk>/", people.show_person, name="admin-person"),
    path("people/<int:pk>/history/", people.show_person_history, name="admin-person-history"),
    path("people/<int:pk>/<slug:name>/", people.act_on_person, name="admin-person-act"),
    path("relationships/", relationships.list_relationships, name="admin-relationships"),
]
