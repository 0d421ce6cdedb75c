"""Each channel against a server that speaks its protocol: what arrives, and what a refusal is taken for."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.rules import Address
from ronghe.messages.transports import Parcel, chosen, in_force
from ronghe.messages.transports.asking import ask
from ronghe.messages.transports.mail import MailTransport
from ronghe.messages.transports.sms import SmsTransport
from ronghe.messages.transports.webhook import WebhookTransport, allowed_address, check_url, signature
from ronghe.messages.transports.wecom import WecomTransport, _tokens
from tests.messages.servers import Post, Web, said, smtp, web

pytestmark = [pytest.mark.unit]


@pytest.fixture
def post() -> Iterator[Post]:
    with smtp() as server:
        yield server


@pytest.fixture
def gateway(settings: Any) -> Iterator[Web]:
    settings.LOOPBACK_HOOKS = True
    with web() as server:
        yield server


def parcel(reach: str, **more: Any) -> Parcel:
    words = {"title": "办结了，请您评一评", "text": "请点开看答复。", "link": "/l/abc/"}
    return Parcel("message-7", Address("identity", 9), **(words | more), reach=reach)


def refused(transport: Any, given: Parcel) -> tuple[str, bool]:
    with pytest.raises(TransportError) as trouble:
        transport.hand(given)
    return trouble.value.code, trouble.value.again


# 电子邮件


@pytest.fixture
def mailing(settings: Any, post: Post) -> Post:
    settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_SECURITY = "127.0.0.1", post.port, "none"
    settings.MAIL_FROM, settings.SITE_URL = (
        "诉求服务 <noreply@ronghe.example.gov.cn>",
        "https://r.example.gov.cn/",
    )
    return post


def test_a_letter_arrives_as_plain_text_with_the_key_as_its_id(mailing: Post):
    MailTransport().hand(parcel("wang@example.gov.cn"))

    ((sender, to, raw),) = mailing.letters
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert ("noreply@ronghe.example.gov.cn" in sender, "wang@example.gov.cn" in to[0]) == (True, True)
    assert (letter["Subject"], letter["Message-ID"], letter.get_content_type()) == (
        "办结了，请您评一评",
        "<message-7@ronghe.example.gov.cn>",
        "text/plain",
    )
    assert "请点开看答复。\nhttps://r.example.gov.cn/l/abc/" in letter.get_content().replace("\r", "")


@pytest.mark.parametrize(("answer", "again"), [(b"550 nobody", False), (b"451 later", True)])
def test_a_mail_server_that_refuses_somebody_for_good_is_not_asked_again(
    mailing: Post, answer: bytes, again: bool
):
    mailing.recipient = answer

    assert refused(MailTransport(), parcel("nobody@example.gov.cn")) == ("refused-recipient", again)


@pytest.mark.parametrize(("to", "code"), [("a@example.cn\nBcc: x@example.cn", "bad-address")])
def test_an_address_cannot_bring_lines_of_its_own(mailing: Post, to: str, code: str):
    assert refused(MailTransport(), parcel(to)) == (code, False)
    assert mailing.letters == []


def test_a_mail_server_that_is_away_is_tried_again(mailing: Post, settings: Any):
    settings.MAIL_PORT = free_port()

    assert refused(MailTransport(), parcel("wang@example.gov.cn")) == ("unreachable", True)


# 短信


@pytest.fixture
def texting(settings: Any, gateway: Web) -> Web:
    settings.SMS_URL, settings.SMS_KEY, settings.SMS_SIGN = f"{gateway.url}/send", "s3cret", "示范市诉求"
    settings.SITE_URL = "https://r.cn"
    return gateway


def test_a_text_message_is_posted_with_its_signature_and_key(texting: Web):
    SmsTransport().hand(parcel("13800138000"))

    (asked,) = texting.asked
    assert (asked.path, asked.headers["authorization"], asked.json()) == (
        "/send",
        "Bearer s3cret",
        {
            "phone": "13800138000",
            "text": "【示范市诉求】办结了，请您评一评：请点开看答复。 https://r.cn/l/abc/",
            "key": "message-7",
        },
    )


def test_a_long_text_is_cut_and_its_link_is_not(texting: Web, settings: Any):
    settings.SMS_MOST = 60
    SmsTransport().hand(parcel("13800138000", text="很长" * 100))

    text = texting.asked[0].json()["text"]
    assert (len(text), text.endswith("… https://r.cn/l/abc/"), text[:7]) == (60, True, "【示范市诉求】")


def test_a_gateway_names_its_fields_itself(texting: Web, settings: Any):
    settings.SMS_BODY = '{"to": ["$phone"], "params": {"content": "$text"}, "sign": "$sign", "type": 1}'
    SmsTransport().hand(parcel("13800138000", text='他说"好"', link=""))

    assert texting.asked[0].json() == {
        "to": ["13800138000"],
        "params": {"content": '【示范市诉求】办结了，请您评一评：他说"好"'},
        "sign": "示范市诉求",
        "type": 1,
    }


@pytest.mark.parametrize(
    ("reply", "code", "again"),
    [
        (said({"code": 17, "msg": "余额不足"}), "sms-17", True),
        (said({}, 503), "http-503", True),
        (said({}, 400), "http-400", False),
        ((200, {}, b"<html>"), "unreadable", True),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), "redirected", True),
    ],
)
def test_what_a_gateway_refuses(texting: Web, reply: Any, code: str, again: bool):
    texting.replies = [reply]

    assert refused(SmsTransport(), parcel("13800138000")) == (code, again)
    assert len(texting.asked) == 1


@pytest.mark.parametrize(
    "reply", [said({"code": "0"}), said({"code": "OK"}), said({"id": 3}), (202, {}, b"")]
)
def test_what_counts_as_taken(texting: Web, reply: Any):
    texting.replies = [reply]

    SmsTransport().hand(parcel("13800138000"))


# 企业微信


@pytest.fixture
def wecom(settings: Any, gateway: Web) -> Web:
    _tokens.clear()
    settings.WECOM_URL, settings.WECOM_CORP = gateway.url, "corp"
    settings.WECOM_SECRET, settings.WECOM_AGENT = "key", "1000002"
    return gateway


GOOD = said({"errcode": 0, "errmsg": "ok"})


def token(name: str, lasts: int = 7200) -> Any:
    return said({"errcode": 0, "access_token": name, "expires_in": lasts})


def test_a_token_is_fetched_once_and_used_until_it_ends(wecom: Web):
    wecom.replies = [token("t1"), GOOD, GOOD, token("t2"), GOOD]
    now = [0.0]
    transport = WecomTransport(lambda: now[0])

    for moment in (0.0, 6800.0, 6950.0):
        now[0] = moment
        transport.hand(parcel("zhangsan"))

    assert [asked.path.rpartition("/")[2] for asked in wecom.asked] == [
        "gettoken?corpid=corp&corpsecret=key",
        "send?access_token=t1",
        "send?access_token=t1",
        "gettoken?corpid=corp&corpsecret=key",
        "send?access_token=t2",
    ]
    sent = wecom.asked[1].json()
    assert (sent["touser"], sent["agentid"], sent["msgtype"], sent["enable_duplicate_check"]) == (
        "zhangsan", 1000002, "text", 1,
    )  # fmt: skip
    assert "请点开看答复" in sent["text"]["content"]


def test_a_token_that_ended_early_is_fetched_anew_once(wecom: Web):
    wecom.replies = [token("t1"), said({"errcode": 42001}), token("t2"), GOOD]

    WecomTransport().hand(parcel("zhangsan"))

    assert wecom.asked[-1].path.endswith("access_token=t2")


def test_a_token_that_is_never_good_is_not_fetched_for_ever(wecom: Web):
    wecom.replies = [token("t1"), said({"errcode": 40014}), token("t2"), said({"errcode": 40014})]

    assert refused(WecomTransport(), parcel("zhangsan")) == ("wecom-40014", True)
    assert len(wecom.asked) == 4


@pytest.mark.parametrize(
    ("reply", "code", "again"),
    [
        (said({"errcode": 81013}), "no-such-user", False),
        (said({"errcode": 0, "invaliduser": "zhangsan"}), "no-such-user", False),
        (said({"errcode": 45009}), "wecom-45009", True),
        (said({"errcode": 40056}), "wecom-40056", False),
        (said({}, 502), "http-502", True),
    ],
)
def test_what_wecom_refuses(wecom: Web, reply: Any, code: str, again: bool):
    wecom.replies = [token("t1"), reply]

    assert refused(WecomTransport(), parcel("zhangsan")) == (code, again)


# 推送


def push(url: str, text: str = '{"kind": "case.closed"}') -> Parcel:
    return parcel(url, title="case.closed", text=text, link="", secrets=("hush",))


def test_a_delivery_is_signed_so_that_its_receiver_can_tell(gateway: Web):
    WebhookTransport(lambda: 1_772_000_000.7).hand(push(f"{gateway.url}/in?x=1"))

    (asked,) = gateway.asked
    moment = asked.headers["x-ronghe-timestamp"]
    assert (asked.path, asked.body, moment) == ("/in?x=1", b'{"kind": "case.closed"}', "1772000000")
    assert asked.headers["x-ronghe-signature"] == f"sha256={signature('hush', moment, asked.body)}"
    assert signature("hush", moment, asked.body + b" ") != signature("hush", moment, asked.body)
    assert (asked.headers["x-ronghe-delivery"], asked.headers["x-ronghe-event"]) == (
        "message-7",
        "case.closed",
    )


@pytest.mark.parametrize(
    ("status", "code", "again"), [(410, "gone", False), (500, "http-500", True), (404, "http-404", True)]
)
def test_what_a_receiver_refuses(gateway: Web, status: int, code: str, again: bool):
    gateway.replies = [(status, {}, b"")]

    assert refused(WebhookTransport(), push(gateway.url)) == (code, again)


def test_a_delivery_is_never_led_elsewhere(gateway: Web):
    with web() as other:
        gateway.replies = [(307, {"Location": other.url}, b"")]

        assert refused(WebhookTransport(), push(gateway.url))[0] == "redirected"
        assert other.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.gov.cn/in",
        "ftp://example.gov.cn/in",
        "https://user:word@example.gov.cn/in",
        "https:///in",
        "https://example.gov.cn:99999/",
        "javascript:alert(1)",
        "",
    ],
)
def test_addresses_that_no_subscription_may_have(url: str):
    with pytest.raises(TransportError) as trouble:
        check_url(url)
    assert trouble.value.code == "bad-url"


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3",
        "192.168.0.1",
        "172.16.9.9",
        "169.254.169.254",
        "127.0.0.2",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_inner_addresses_are_refused_when_it_goes(host: str):
    with pytest.raises(TransportError) as trouble:
        allowed_address(host, 443)
    assert trouble.value.code == "private-address"


def test_a_name_that_points_inside_is_refused(settings: Any):
    settings.LOOPBACK_HOOKS = False
    assert refused(WebhookTransport(), push("https://localhost/in"))[0] == "private-address"
    assert refused(WebhookTransport(), push("http://127.0.0.1:1/in"))[0] == "bad-url"


def test_an_inner_network_is_reached_when_the_installation_says_so(settings: Any):
    settings.HOOK_NETWORKS = ["10.1.0.0/16"]

    assert allowed_address("10.1.2.3", 443) == "10.1.2.3"
    with pytest.raises(TransportError):
        allowed_address("10.2.0.1", 443)


# Patience and settings


def test_a_gateway_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ronghe.messages.transports.asking.PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TransportError) as trouble:
        ask(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}")
    assert (trouble.value.code, trouble.value.again) == ("too-slow", True)


def test_a_gateway_that_answers_drop_by_drop_is_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ronghe.messages.transports.asking.LONGEST", 0.3)
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        peer, _address = server.accept()
        with peer:
            while not stop.wait(0.05):
                try:
                    peer.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        with pytest.raises(TransportError) as trouble:
            ask(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}")
        stop.set()
        thread.join(5)
    assert trouble.value.again


def test_the_channels_in_force_are_a_list(settings: Any):
    settings.TRANSPORT = "sms, wecom,page"
    assert in_force() == ["wecom", "sms"]
    settings.TRANSPORT = "page"
    assert chosen() == []


@pytest.mark.parametrize("name", ["mail", "sms", "wecom"])
def test_a_channel_without_its_settings_is_told_at_once(settings: Any, name: str):
    settings.TRANSPORT, settings.SMS_SIGN = name, ""
    with pytest.raises(MessageError) as trouble:
        chosen()
    assert (trouble.value.code, "RONGHE_" in trouble.value.message) == ("transport-settings", True)


def test_neither_a_parcel_nor_its_trouble_shows_the_words(texting: Web):
    given = parcel("13800138000")
    texting.replies = [said({"code": "13800138000 办结了"})]
    with pytest.raises(TransportError) as trouble:
        SmsTransport().hand(given)

    shown = repr(given) + str(trouble.value) + trouble.value.message + trouble.value.code
    assert [word in shown for word in ("13800138000", "办结", "abc")] == [False] * 3


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
