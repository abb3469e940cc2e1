"""Lines of a web page that are no part of the article: sharing, printing, copyright, neighbours, apps, breadcrumbs.

A line counts only as a whole, so that a sentence about 扫一扫 or 版权 stays. Patterns are matched against simplified,
half-width, lower-case text (`kb.text.normalize`).
"""

from __future__ import annotations

import re

_SEPARATORS = r"[\s|:,、/\[\]【】()·>»<«+\-—_]*+"
_STRONG = (
    "分享(?:到|至)?|打印(?:本页|此页|本文|文章)?|关闭(?:窗口|本页|页面)?|收藏(?:本页)?|字号|字体(?:大小)?|返回顶部|回到顶部|"
    "复制链接|我要纠错|纠错|加入收藏|设为首页|无障碍(?:浏览|阅读)?|长者模式|适老化|语音播报"
)
_WEAK = (
    "大|中|小|默认|特大|放大|缩小|微信|朋友圈|微博|新浪微博|腾讯微博|qq空间|qq好友|qq|人人网|豆瓣|更多|登录|注册|返回|"
    "首页|顶部|点赞|评论|举报|手机版|电脑版|繁体版?|简体版?|繁|简|english|rss"
)
_TOOLS = re.compile(rf"{_SEPARATORS}(?:(?>{_STRONG}|{_WEAK}|a[-+0]?){_SEPARATORS})++")
_HAS_STRONG = re.compile(_STRONG)
_WHOLE = re.compile(
    r"""
    (?:\W*(?:上一篇|下一篇|上一条|下一条|上一页|下一页)(?:\s*[:>]\s*.{0,80}|\s+.{0,80})?)   # neighbours
    |(?:(?:当前|您(?:现在|当前|所在)?的?|所在的?)位置\s*:.{0,100})                    # breadcrumbs
    |(?:首页\s*[>»›/].{0,100})
    |(?:(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*:\s*\d*\s*次?)                       # counters
    |(?:.{0,80}(?:icp备|公网安备|网安备|网站标识码|icp证).{0,80})                        # registration
    |(?:(?:copyright|©|\(c\)|all\s+rights\s+reserved|版权所有\s*[:©\s(]).{0,100})
    |(?:版权所有[^,。]{0,30})
    |(?:未经(?:授权|许可|书面授权|允许)[^。]{0,30}(?:转载|使用|复制)[^。]{0,20}。?)
    |(?:(?:主办|承办|技术支持|网站地图|网站支持|运维单位)(?:单位)?\s*:.{0,60})
    |(?:(?:网站地图|联系我们|关于我们|隐私声明|法律声明|网站声明)(?:[\s|]+(?:网站地图|联系我们|关于我们|隐私声明|法律声明|网站声明))*)
    |(?:(?:手机|微信)?扫一扫(?:,?(?:手机|在手机|打开|关注|分享|下载|查看|用手机|阅读|带走)[^。]{0,30})?)
    |(?:(?:微信)?扫码(?:关注|下载|阅读|分享|查看)[^。]{0,30})
    |(?:长按(?:二维码|识别|图片)[^。]{0,30})
    |(?:(?:点击|立即|扫码)?下载[^。]{0,10}(?:app|客户端))
    |(?:[^。]{0,12}(?:app|客户端)下载)
    |(?:打开app[^。]{0,20}|展开全文|点击(?:展开|阅读)(?:全文|更多))
    |(?:[-—–\s]*\d{1,4}[-—–\s]*(?:/\s*\d{1,4})?)                                          # page numbers
    |(?:第\s*\d{1,4}\s*页(?:[,/]?\s*共\s*\d{1,4}\s*页)?)
    """,
    re.VERBOSE,
)
MAX_LENGTH = 160
"""Longer lines are never boilerplate: whatever they begin with, they say something."""


def is_boilerplate(line: str) -> bool:
    """Whether a line, normalised, is nothing but page furniture."""
    line = line.strip()
    if not line or len(line) > MAX_LENGTH:
        return False
    if _HAS_STRONG.search(line) and _TOOLS.fullmatch(line):
        return True
    return _WHOLE.fullmatch(line) is not None
