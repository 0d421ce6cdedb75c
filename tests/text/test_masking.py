"""What is covered and what is left, by example; and the laws every cover keeps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from ronghe.text.masking import Finding, Kind, findings, mask, without

pytestmark = pytest.mark.unit

COVERED = [
    # mobile phones
    ("请打13800138000联系", "请打138****8000联系"),
    ("电话：138-0013-8000", "电话：138-****-8000"),
    ("电话138 0013 8000。", "电话138 **** 8000。"),
    ("手机1380 013 8000", "手机138* *** 8000"),
    ("手机１３８００１３８０００", "手机１３８****８０００"),
    ("+86 13800138000", "+86 138****8000"),
    ("8613800138000", "86138****8000"),
    ("(86)139.1234.5678", "(86)139.****.5678"),
    ("13800138000、13900139000", "138****8000、139****9000"),
    ("幺三八零零幺三八零零零", "幺三八****八零零零"),
    ("13800138000元月一日打来", "13800138000元月一日打来"),  # read as an amount; better than covering amounts
    # landlines
    ("家里电话0755-83456789", "家里电话0755-******89"),
    ("我的座机（0755）8345 6789转12", "我的座机（0755）**** **89转12"),
    ("电话010 62345678", "电话010 ******78"),
    ("+86-755-83456789", "+86-755-******89"),
    ("宅电83456789", "宅电83456789"),  # seven or eight digits need to be called a phone
    ("家庭电话：83456789", "家庭电话：******89"),
    # resident identity numbers
    ("身份证11010519491231002X。", "身份证110**************X。"),
    ("11010519491231002x", "110**************x"),
    ("１１０１０５１９４９１２３１００２Ｘ", "１１０**************Ｘ"),
    ("110105 19491231 002X", "110*** ******** ***X"),
    ("身份证号码：110105194912310021", "身份证号码：110**************1"),  # a wrong check digit, but called one
    ("130503670401001", "130***********1"),
    # bank cards
    ("卡6222600260001072444到账", "卡***************2444到账"),
    ("4111 1111 1111 1111", "**** **** **** 1111"),
    ("4111-1111-1111-1111", "****-****-****-1111"),
    ("银行卡号：6222600260001072445", "银行卡号：***************2445"),  # a wrong check digit, but called one
    # plates
    ("粤B12345乱停", "粤B*****乱停"),
    ("粤B·1A2B3", "粤B·*****"),
    ("粤ｂ１２３４５", "粤ｂ*****"),
    ("沪AD12345占用充电位", "沪A******占用充电位"),
    ("粤B12345D", "粤B******"),
    ("货车粤B1234挂", "货车粤B****挂"),
    ("京A1234警", "京A****警"),
    ("粤B1234学", "粤B****学"),
    ("粤Z1234港和粤Z123A澳", "粤Z****港和粤Z****澳"),
    # mail, WeChat, QQ
    ("发到zhang.san@qq.com", "发到z********@qq.com"),
    ("邮箱：a@b.cn", "邮箱：*@b.cn"),
    ("邮箱zhang＠qq．com", "邮箱z****＠qq．com"),
    ("13800138000@163.com", "1**********@163.com"),
    ("微信号：zhang_san88", "微信号：z**********"),
    ("加微abc12345", "加微a*******"),
    ("微信13800138000", "微信138****8000"),
    ("QQ：123456789", "QQ：1********"),
    # rooms
    ("桂花园3栋2单元501室漏水", "桂花园*栋*单元***室漏水"),
    ("桂花园3栋501漏水", "桂花园*栋***漏水"),
    ("A3栋1202房", "**栋****房"),
    ("十二号楼三单元402室", "**号楼*单元***室"),
    ("珍珠北路139号501室", "珍珠北路139号***室"),
    ("1085弄12号301室", "1085弄**号***室"),
    ("楼上2609室", "楼上****室"),
    ("大坪村3组12号", "大坪村3组**号"),
    ("镜塘村毛坪上组365号", "镜塘村毛坪上组***号"),
    # names
    ("本人王小明，住在附近", "本人王某某，住在附近"),
    ("我叫李强，在厂里上班", "我叫李某，在厂里上班"),
    ("姓名：欧阳修", "姓名：欧阳某"),
    ("姓名：欧阳娜娜", "姓名：欧阳某某"),
    ("联系人：周粲13800138000", "联系人：周某138****8000"),
    ("业主刘建国反映", "业主刘某某反映"),
    ("王小明先生，您好", "王某某先生，您好"),
    ("和张伟女士联系", "和张某女士联系"),
    ("经办人张三丰", "经办人张某某"),
    ("业主许丽亚、龙平和认为，许丽亚家漏水", "业主许某某、龙某某认为，许某某家漏水"),
    ("我叫李强。李强调了出来", "我叫李某。李强调了出来"),
    ("家在10栋101号", "家在**栋***号"),
    ("妻子易文君在就诊时", "妻子易某某在就诊时"),
]  # fmt: skip

LEFT = [
    "QY2026-000123", "编号：13800138000", "工单编号13202300123已办结", "〔2020〕53号", "粤府办〔2020〕53号", "国发(2019)8号",
    "共计13800138000元", "13800138000.50元", "19033224538.56元", "1.5亿元", "2026年3月2日10:30", "2026-03-02 10:00:00",
    "20260302100000", "邮编518000", "第12页共345页", "91440300MA5F0A1B28", "统一社会信用代码91350100M000100Y43",
    "400-830-1234", "4008301234", "800-830-1234", "拨打12345热线", "95588", "110105194912310021",  # a wrong check digit
    "110105194913310021", "990105194912310029", "4111111111111112", "1234567890123456", "IMEI123456789012345",
    "咨询电话：0755-83456789", "请拨打我局办公电话0755-83456789", "服务热线（0755）83456789", "FA310117202000573",
    "A12345", "粤B车牌", "京A区12345", "津B股200000", "沪建〔2023〕12345号", "N070501单元18-03地块",
    "sthjj@sz.gov.cn", "请打开微信小程序", "微信公众号：shenzhenfabu", "官方微信：shenzhen01", "QQ群：123456789", "微信支付",
    "10栋1单元墙面脱落", "88号楼下", "20栋3号4号楼上面", "三室一厅", "68栋5000余户", "5月12号1030分", "1栋2019年建成", "B2栋155门面",
    "市民中心办公室B区2楼206室", "我局服务窗口设在3号楼206室", "莲花路100号", "206会议室",
    "张先生，您好", "李女士反映", "欧阳先生", "张某与李某某", "尊敬的杨书记", "尊敬的居民同志", "本人于2020年购房", "本人应当",
    "业主成立业委会", "业主高度关注", "居民安全", "学校老师", "班主任老师", "任课老师", "向李先生核实", "感谢张医生",
    "请向党委书记李勇志同志反映", "可向总工程师殷军习同志咨询", "可向市教育局戴成晓同志咨询", "两头居民楼越来越多", "业主委员会", "联系人：工作人员", "本人和家人", "居民都同意", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), COVERED, ids=[text for text, _ in COVERED])
def test_covered(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize("text", LEFT)
def test_left(text: str) -> None:
    assert (mask(text), findings(text)) == (text, ())


def test_finding_says_what_it_is_and_where() -> None:
    assert findings("本人王强，13800138000") == (
        Finding(Kind.NAME, 2, 4, "王某"),
        Finding(Kind.MOBILE, 5, 16, "138****8000"),
    )
    assert [kind.label for kind in (Kind.MOBILE, Kind.ROOM)] == ["手机号码", "门牌房号"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系电话：0755-83456789。", "联系电话：0755-83456789。"),
        ("您的家庭电话（0755）83456789", "您的家庭电话（0755）******89"),
        ("请致电13800138000", "请致电138****8000"),
    ],
)
def test_what_an_office_wrote_keeps_its_landline(text: str, shown: str) -> None:
    assert mask(text, by_office=True) == shown


def test_without_leaves_blanks() -> None:
    assert without("业主王小明13800138000反映") == "业主" + " " * 14 + "反映"


PIECES = st.one_of(
    st.sampled_from([text for text, _ in COVERED] + LEFT),
    st.text("0123456789１X×*-. ·@：，。本人业主王李强明先生某栋单元室号粤B元年\n", max_size=8),
    st.from_regex(r"1[3-9][0-9]{9}|0755-?[2-8][0-9]{7}|[1-8][0-9]{17}|62[0-9]{14,17}", fullmatch=True),
    st.text(max_size=5),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@given(TEXTS)
def test_masking_again_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)
    assert findings(mask(text)) == ()


@given(TEXTS)
def test_cover_is_as_long_as_what_it_covers_and_changes_nothing_else(text: str) -> None:
    shown = mask(text)

    assert len(shown) == len(text)
    assert all(new == old or new in "*某" for new, old in zip(shown, text, strict=True))


@given(TEXTS)
def test_findings_are_ordered_and_apart(text: str) -> None:
    found = findings(text)

    assert all(one.start < one.end and len(one.shown) == one.end - one.start for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@given(st.integers(0, 10**9 - 1), st.sampled_from("3456789"), st.sampled_from(["", " ", "-", "."]))
def test_every_mobile_is_covered(number: int, second: str, between: str) -> None:
    digits = f"1{second}{number:09}"
    written = between.join((digits[:3], digits[3:7], digits[7:]))

    assert digits[3:7] not in mask(f"电话{written}。")[3:] or digits[3:7] in (digits[:3] + digits[7:])
    assert [one.kind for one in findings(f"电话{written}。")] == [Kind.MOBILE]
