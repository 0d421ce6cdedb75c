"""Addresses of the desks."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ronghe.www import live
from ronghe.www.desk import saved
from ronghe.www.desk.doing import CASE_ACTS, STEP_ACTS
from ronghe.www.desk.views import bulk, case, cases, desk, files, me, printing, search, triage

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.show_desk, name="desk"),
    path("now/", desk.show_worklist, name="desk-now"),
    path("live/", live.renew_desk, name="desk-live"),
    path("", include("ronghe.www.stats.urls")),
    path("checks/", include("ronghe.www.checks.urls")),
    path("cases/", cases.list_cases, name="cases"),
    path("search/", search.search, name="search"),
    path("me/", me.show_me, name="me"),
    path("me/delegations/<int:pk>/end/", me.end, name="delegation-end"),
    path("me/filters/save/", saved.save, name="filter-save"),
    path("me/filters/<int:pk>/rename/", saved.rename, name="filter-rename"),
    path("me/filters/<int:pk>/remove/", saved.remove, name="filter-remove"),
    path("together/<str:act>/", bulk.do_together, name="bulk"),
    path("board/", cases.show_board, name="board"),
    path("triage/", triage.show_triage, name="triage"),
    path("triage/<str:number>/", triage.show_triage, name="triage-case"),
    path("cases/<str:number>/", case.show_case, name="case"),
    path("cases/<str:number>/now/", case.show_now, name="case-now"),
    path("cases/<str:number>/live/", live.renew_case, name="case-live"),
    path("cases/<str:number>/print/", printing.print_case, name="case-print"),
    path("cases/<str:number>/similar/", case.show_similar, name="case-similar"),
    path("cases/<str:number>/preview/", desk.preview_case, name="case-preview"),
    path("cases/<str:number>/files/", files.add, name="case-files"),
    path("cases/<str:number>/files/<int:no>/", files.fetch, name="case-file"),
    path("cases/<str:number>/reveal/", case.reveal, name="case-reveal"),
    path("cases/<str:number>/step/<int:step>/<str:outcome>/", case.act, {"name": "step"}, name="case-step"),
    path("cases/<str:number>/reply/<int:step>/<str:outcome>/", case.preview_reply, name="case-reply"),
    *(
        path(f"cases/<str:number>/{name}/<int:step>/", case.act, {"name": name}, name=f"case-{name}")
        for name in STEP_ACTS
    ),
    *(
        path(f"cases/<str:number>/{name}/", case.act, {"name": name}, name=f"case-{name}")
        for name in CASE_ACTS
    ),
]
