"""Addresses of 记一笔."""

from __future__ import annotations

from django.urls import path

from ronghe.www.filing import views

urlpatterns = [
    path("", views.list_kinds, name="file"),
    path("enterprise/", views.look_up_enterprise, name="file-enterprise"),
    path("slip/<str:number>/", views.show_slip, name="file-slip"),
    path("<str:procedure>/", views.file_kind, name="file-kind"),
]
