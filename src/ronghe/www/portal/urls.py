"""Addresses of the portal."""

from django.urls import path

from ronghe.www import live
from ronghe.www.portal import acts, follow, links, views

urlpatterns = [
    path("submit/", views.submit, name="submit"),
    path("submit/kinds/", views.list_kinds, name="submit-kinds"),
    path("submit/similar/", views.show_hints, name="submit-similar"),
    path("submit/enterprise/", views.look_up_enterprise, name="enterprise-lookup"),
    path("submit/<uuid:submission>/", views.show_receipt, name="receipt"),
    path("follow/", follow.ask_follow, name="follow"),
    path("follow/<str:number>/", follow.show_case, name="follow-case"),
    path("follow/<str:number>/now/", follow.show_now, name="follow-now"),
    path("follow/<str:number>/live/", live.renew_followers, name="follow-live"),
    path("follow/<str:number>/note/", acts.add_note, name="follow-note"),
    path("follow/<str:number>/answer/", acts.supplement, name="follow-supplement"),
    path("follow/<str:number>/withdraw/", acts.withdraw, name="follow-withdraw"),
    path("follow/<str:number>/rate/", acts.rate, name="follow-rate"),
    path("follow/<str:number>/complain/", acts.complain, name="follow-complain"),
    path("follow/<str:number>/files/<int:no>/", follow.fetch_file, name="follow-file"),
    path("follow/<str:number>/with/<str:code>/", follow.follow_link, name="follow-link"),
    path("to/<str:token>/", links.open_link, name="link"),
]
