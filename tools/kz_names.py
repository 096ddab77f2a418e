"""Names of settlements in Latin letters, for readers of English.

Romanised from the Kazakh name, or from the Russian one where there is none, by the
BGN/PCGN systems for Kazakh (1979) and Russian (1947), without diacritics and signs for
hardness and softness. Cities that are known by another spelling have the one of the
English district names of geokz 1.0.2 (CC BY 4.0).
"""

from __future__ import annotations

import pandas as pd

SHARED = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh",
    "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
    "ю": "yu", "я": "ya",
}  # fmt: skip
KAZAKH = SHARED | {
    "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
    "і": "i", "ќ": "q", "ў": "u", "№": "No. ",
}  # fmt: skip
RUSSIAN = KAZAKH
"""Russian forms of names keep single Kazakh letters."""
IOTATED_AFTER = "аеёиоуыэюяйъь"
"""Russian е is ``ye`` after these and at the beginning of a word (BGN/PCGN 1947)."""
KNOWN = {
    "Актау": "Aktau", "Актобе": "Aktobe", "Алматы": "Almaty", "Аркалык": "Arkalyk",
    "Арысь": "Arys", "Астана": "Astana", "Аягоз": "Ayagoz", "Байконыр": "Baykonyr",
    "Балхаш": "Balkhash", "Жанаозен": "Zhanaozen", "Жезказган": "Zhezkazgan",
    "Караганда": "Karaganda", "Кентау": "Kentau", "Кокшетау": "Kokshetau",
    "Косшы": "Kosshy", "Костанай": "Kostanay", "Кызылорда": "Kyzylorda",
    "Павлодар": "Pavlodar", "Петропавловск": "Petropavlovsk",
    "Приозерск": "Priozersk", "Риддер": "Ridder", "Сарань": "Saran",
    "Семей": "Semey", "Степногорск": "Stepnogorsk",
    "Талдыкорган": "Taldykorgan", "Тараз": "Taraz", "Текели": "Tekeli",
    "Туркестан": "Turkestan", "Уральск": "Uralsk",
    "Усть-Каменогорск": "Ust-Kamenogorsk", "Шахтинск": "Shakhtinsk",
    "Шымкент": "Shymkent", "Экибастуз": "Ekibastuz",
}  # fmt: skip
"""Russian name of a city -> its English name."""


def latin_names(kazakh: pd.Series, russian: pd.Series, is_city: pd.Series) -> list[str]:
    """Return a name in Latin letters for each settlement."""
    return [
        KNOWN[ru] if city and ru in KNOWN else latin_name(kk, ru)
        for kk, ru, city in zip(kazakh, russian, is_city, strict=True)
    ]


def latin_name(kazakh: str, russian: str) -> str:
    """Return a name romanised from Kazakh, or from Russian if that cannot be read."""
    unknown = [c for c in kazakh.lower() if c.isalpha() and c not in KAZAKH]
    if kazakh and not unknown:
        return romanised(kazakh, KAZAKH)
    return romanised(russian, RUSSIAN, IOTATED_AFTER)


def romanised(name: str, table: dict[str, str], iotated_after: str = "") -> str:
    """Return a name letter by letter; what the table does not know stays."""
    found, before = [], " "
    for letter in name:
        low = letter.lower()
        latin = table.get(low, letter)
        starts = not before.isalpha() or before in iotated_after
        if iotated_after and low == "е" and starts:
            latin = "ye"
        # "Юж" is "Yuzh": only the first of several letters is a capital.
        found.append(latin.capitalize() if letter != low else latin)
        before = low
    return "".join(found)
