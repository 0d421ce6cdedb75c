"""Addresses of checks and of what requesters thought."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ronghe.www.checks import panels, ratings, reviews, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.list_checks, name="checks"),
    path("<int:pk>/", views.show_check, name="check"),
    path("reviews/<int:pk>/", reviews.show_review, name="review"),
    path("reviews/<int:pk>/recuse/", panels.recuse, name="review-recuse"),
    path("reviews/<int:pk>/files/<int:no>/", reviews.fetch, name="review-file"),
    path("panels/", panels.list_panels, name="panels"),
    path("panels/<int:pk>/", panels.show_panel, name="panel"),
    path("panels/<int:pk>/close/", panels.close_panel, name="panel-close"),
    path("record/", views.show_record, name="checks-record"),
    path("draws/<int:pk>/", views.show_draw, name="checks-draw"),
    path("ratings/", ratings.list_ratings, name="checks-ratings"),
    path("ratings/<int:pk>/", ratings.show_rating, name="checks-rating"),
    path("ratings/<int:pk>/appeal/", ratings.appeal, name="checks-appeal"),
    path("ratings/<int:pk>/settle/", ratings.settle, name="checks-settle"),
]
