"""Settings: read once at the edge (command line, app), then passed down as one frozen value."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import QueryError


class Settings(BaseSettings):
    """Every setting of the package; each is an environment variable with the prefix `KB_`."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True, extra="ignore")

    index: Path = Field(Path("index"), description="索引文件夹")
    cache: Path = Field(default_factory=lambda: user_cache_path("kb"), description="默认模型生成后存放的文件夹")
    model: str = Field(
        "", description="嵌入模型：留空用自带的默认模型，也可填 sentence-transformers 模型名或本地文件夹"
    )
    engine: Literal["auto", "openvino", "torch"] = Field(
        "auto", description="默认模型的计算引擎：auto 先用 OpenVINO，不可用时用 torch"
    )
    query_prefix: str | None = Field(None, description="查询前缀；留空按模型自带的提示词")
    passage_prefix: str | None = Field(None, description="段落前缀；留空按模型自带的提示词")
    threads: int = Field(0, ge=0, description="计算线程数；0 表示由引擎决定")
    script: Literal["hans", "hant"] = Field("hans", description="界面与提示所用字形：hans 简体，hant 繁体")


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; what is given here wins.

    Raises:
        QueryError: a variable holds a value that is not allowed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        names = "、".join(f"KB_{str(item['loc'][0]).upper()}（{item['msg']}）" for item in error.errors())
        raise QueryError(f"设置有误：{names}。请改正环境变量后再试。") from error
