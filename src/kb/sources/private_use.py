"""Characters that an older table of an encoding puts elsewhere: the private use area, or a look-alike."""

from __future__ import annotations

_GB18030_2022 = str.maketrans(
    {
        # Python's codec follows GB 18030-2000; 2005 and 2022 gave these 26 code points their own places.
        "\ue78d": "\ufe10",
        "\ue78e": "\ufe12",
        "\ue78f": "\ufe11",
        "\ue790": "\ufe13",
        "\ue791": "\ufe14",
        "\ue792": "\ufe15",
        "\ue793": "\ufe16",
        "\ue794": "\ufe17",
        "\ue795": "\ufe18",
        "\ue796": "\ufe19",
        "\ue7c7": "\u1e3f",
        "\ue816": "\U00020087",
        "\ue817": "\U00020089",
        "\ue818": "\U000200cc",
        "\ue81e": "\u9fb4",
        "\ue826": "\u9fb5",
        "\ue82b": "\u9fb6",
        "\ue82c": "\u9fb7",
        "\ue831": "\U000215d7",
        "\ue832": "\u9fb8",
        "\ue83b": "\U0002298f",
        "\ue843": "\u9fb9",
        "\ue854": "\u9fba",
        "\ue855": "\U000241fe",
        "\ue864": "\u9fbb",
    }
)
_BIG5_SYMBOLS = str.maketrans("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡")
"""As Windows and browsers read Big5 (code page 950); Python's Big5-HKSCS codec differs in these symbols."""


def settle_gb18030(text: str) -> str:
    """A reading by Python's gb18030, with the characters that have left the private use area since."""
    return text.translate(_GB18030_2022)


def settle_big5hkscs(text: str) -> str:
    """A reading by Python's big5hkscs, with the symbols everybody else reads in their place."""
    return text.translate(_BIG5_SYMBOLS)
