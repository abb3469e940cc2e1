"""Settings: read once at the edge (command line, app), then passed down as one frozen value."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import QueryError


class Settings(BaseSettings):
    """Every setting of the package; each is an environment variable with the prefix `KB_`."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True, extra="ignore")

    index: Path = Field(Path("index"), description="索引文件夹")
    store_url: str = Field(
        "",
        description="检索引擎：留空用本机索引文件，或 milvus+http://主机:19530?library=库名、milvus-lite:///文件夹/文件.db",
    )
    store_token: SecretStr | None = Field(None, description="检索引擎的令牌，或 用户名:密码")
    cache: Path = Field(default_factory=lambda: user_cache_path("kb"), description="默认模型生成后存放的文件夹")
    model: str = Field(
        "", description="嵌入模型：留空用自带的默认模型，也可填 sentence-transformers 模型名或本地文件夹"
    )
    engine: Literal["auto", "openvino", "torch"] = Field(
        "auto", description="默认模型的计算引擎：auto 用 OpenVINO（没有装时用 torch），收录时有显卡就用显卡"
    )
    query_prefix: str | None = Field(None, description="查询前缀；留空按模型自带的提示词")
    passage_prefix: str | None = Field(None, description="段落前缀；留空按模型自带的提示词")
    sentences: bool = Field(True, description="是否给每个句子另算向量：检索更准，建索引要多算一倍左右")
    threads: int = Field(0, ge=0, description="计算线程数；0 表示由引擎决定")
    script: Literal["hans", "hant"] = Field("hans", description="界面与提示所用字形：hans 简体，hant 繁体")
    llm_url: str = Field("", description="写综述的端点（与 OpenAI 接口相容），如 http://127.0.0.1:11434/v1；留空不用")
    llm_model: str = Field("", description="端点上的模型名")
    llm_key: SecretStr | None = Field(None, description="端点的密钥；本机的端点多半不要")
    llm_timeout: float = Field(30.0, gt=0, le=600, description="等端点答完的秒数")
    anonymous_read: bool | None = Field(None, description="没有令牌能否查询；留空时只监听本机才可以")
    hosts: str = Field("", description="认可的 Host，逗号分隔；留空时监听本机只认本机的名称，其余不限")
    cors_origins: str = Field(
        "", description="允许哪些网站的脚本调用接口，逗号分隔，如 https://a.example；留空都不允许"
    )
    rate_limit: int = Field(600, ge=0, description="每个令牌（没有令牌时每个地址）每分钟的请求数；0 不限")
    app_readers: str = Field(
        "", description="浏览器界面：登录后能查询的账号，逗号分隔；@域名 为整个域，* 为所有登录的人"
    )
    app_editors: str = Field("", description="浏览器界面：登录后还能收录和移除的账号，写法同上")
    app_admins: str = Field("", description="浏览器界面：登录后能做一切的账号，写法同上")
    app_claim: str = Field("email", description="浏览器界面：凭登录信息里的哪一项认账号")
    trusted_keys: str = Field(
        "", description="信任哪些公钥签署的封存库，逗号分隔；可写公钥（ed25519:…）或 .pub 文件的路径"
    )
    audit_questions: bool = Field(False, description="审计日志里是否记下问题的文字")


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; what is given here wins.

    Raises:
        QueryError: a variable holds a value that is not allowed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        names = "、".join(f"KB_{str(item['loc'][0]).upper()}（{_wrong(item)}）" for item in error.errors())
        raise QueryError(f"设置有误：{names}。请改正环境变量后再试。") from error


_WRONG = {
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "只能是 {expected}",
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}
"""Pydantic's kinds of error -> what a setting should have been; its own messages are English."""


def _wrong(item: ErrorDetails) -> str:
    told = _WRONG.get(item["type"], "写法不对").format(**item.get("ctx", {}))
    return told.replace(" or ", " 或 ").replace("'", "")
