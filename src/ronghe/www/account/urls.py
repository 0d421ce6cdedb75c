"""Addresses of signing in and out, and of what protects it."""

from django.urls import path

from ronghe.www.account import confirm, factors, overview, provider_views, tokens, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/second/", views.second_step, name="second-step"),
    path("sign-in/passkey/", views.passkey_sign_in, name="passkey-sign-in"),
    path("sign-in/with/<slug:provider>/", provider_views.begin, name="provider-begin"),
    path("sign-in/with/<slug:provider>/back/", provider_views.back, name="provider-back"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", overview.show, name="account"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/password/", overview.change, name="password"),
    path("account/codes/", factors.set_up_codes, name="set-up-codes"),
    path("account/passkeys/add/", factors.add_passkey, name="add-passkey"),
    path("account/factors/<int:pk>/", factors.remove, name="factor"),
    path("account/recovery/", factors.recovery, name="recovery"),
    path("account/recovery/file/", factors.recovery_file, name="recovery-file"),
    path("account/devices/", overview.show_devices, name="devices"),
    path("account/devices/others/", overview.end_others, name="devices-end-others"),
    path("account/devices/<int:pk>/", overview.end_device, name="device-end"),
    path("desk/me/tokens/", tokens.list_tokens, name="tokens"),
    path("desk/me/tokens/new/", tokens.add_token, name="token-add"),
    path("desk/me/tokens/<int:pk>/end/", tokens.end_token, name="token-end"),
    path("account/with/<slug:provider>/", provider_views.link, name="provider-link"),
    path("account/linked/<int:pk>/", provider_views.unlink, name="provider-unlink"),
]
