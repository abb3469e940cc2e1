"""Makes `kb/checking/known_vectors.json`: the default model's vectors of known texts, for the doctor to compare.

    python -m benchmarks.known_vectors

To be run when the default model changes, and only then: afterwards it is the file that says what is right.
"""

from __future__ import annotations

import base64
import json
from importlib import resources
from pathlib import Path

from kb.checking.models import FILE
from kb.config import load_settings
from kb.models.encoder import TextKind, open_encoder

TEXTS = (
    (TextKind.QUERY, "枫桥经验"),
    (TextKind.QUERY, "楓橋經驗"),
    (TextKind.QUERY, "老旧小区没有物业怎么办"),
    (TextKind.QUERY, "里長協助調解鄰里糾紛"),
    (TextKind.QUERY, "12345 热线 3 天内要答复吗？"),
    (TextKind.PASSAGE, "没有物业的小区\n没有物业的小区由社区先托底。业主可以组建自管会，每季度公示一次收支。"),
    (TextKind.PASSAGE, "公寓大廈管理\n管理委員會應每季公告收支，住戶得請求閱覽。"),
    (TextKind.PASSAGE, "小事不出村，大事不出镇，矛盾不上交。"),
    (TextKind.PASSAGE, "第一条　为了规范网格员的工作，制定本办法。"),
    (TextKind.PASSAGE, "WeChat群里的通知ＡＢＣ，2024年3月1日起施行。"),
)


def main() -> None:
    """Write the file and say where."""
    encoder = open_encoder(cache=load_settings().cache, notice=print)
    rows = [
        (kind.value, text, base64.b64encode(encoder.encode([text], kind)[0].astype("<f2").tobytes()).decode())
        for kind, text in TEXTS
    ]
    target = Path(str(resources.files("kb.checking").joinpath(FILE)))
    made = {"model": encoder.identity, "texts": rows}
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(rows)} texts of {encoder.identity} in {target}")


if __name__ == "__main__":
    main()
