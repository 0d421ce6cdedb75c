"""Addresses of the activities."""

from __future__ import annotations

from django.urls import URLPattern, path

from ronghe.www.activities import views

urlpatterns: list[URLPattern] = [
    path("", views.list_activities, name="activities"),
    path("template/", views.fill_in, name="activity-template"),
    path("new/", views.choose_kind, name="activity-kinds"),
    path("new/<slug:code>/", views.record_new, name="activity-new"),
    path("<int:pk>/", views.show_activity, name="activity"),
    path("<int:pk>/record/", views.mend, name="activity-record"),
    path("<int:pk>/cancel/", views.cancel, name="activity-cancel"),
    path("<int:pk>/follow/", views.follow, name="activity-follow"),
    path("<int:pk>/photos/<int:no>/", views.fetch_photo, name="activity-photo"),
    path("<int:pk>/photos/<int:no>/remove/", views.drop_photo, name="activity-photo-remove"),
]
