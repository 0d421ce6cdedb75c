"""Addresses of visitors, and of the desk that says who speaks for an enterprise."""

from django.urls import path

from ronghe.www.visitor import desk, devices, drafts, enterprises, views

urlpatterns = [
    path("my/", views.show_mine, name="my"),
    path("my/sign-in/", views.sign_in, name="visitor-sign-in"),
    path("my/sign-out/", views.sign_out, name="visitor-sign-out"),
    path("my/devices/", devices.show_devices, name="my-devices"),
    path("my/devices/others/", devices.end_others, name="my-devices-end-others"),
    path("my/devices/<int:pk>/", devices.end_device, name="my-device-end"),
    path("my/enterprises/", enterprises.show, name="my-enterprises"),
    path("my/enterprises/<int:pk>/delegates/", enterprises.add_delegate, name="my-delegate"),
    path("my/enterprises/<int:pk>/end/", enterprises.end, name="my-enterprise-end"),
    path("drafts/", drafts.keep, name="drafts"),
    path("desk/claims/", desk.list_claims, name="claims"),
    path("desk/claims/<int:pk>/", desk.show_claim, name="claim"),
]
