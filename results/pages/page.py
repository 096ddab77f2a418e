"""What HTML pages share: one file each with its styles, scripts and data, all offline.

Templates extend ``base.html``; texts in them and in scripts are ``say("...")``.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.language.texts import Text, say
from aumaq.results.language import LANGUAGES, Language
from aumaq.results.pages.polyglot import Polyglot
from aumaq.results.strict_json import strict

LEAFLET = "vendor/leaflet.js"
TABLE_SCRIPTS = ("page.js", "table.js")
"""The scripts of a page with tables."""
STYLES = ("vendor/leaflet.css", "page.css")
"""The styles of every page, before its own."""
MAP_SCRIPTS = (*TABLE_SCRIPTS, "marks.js", "map.js")
"""The scripts of a page with tables and a map, which needs LEAFLET."""


PACKED_FROM = 3_000_000
"""Longer data are compressed, so that the page can be mailed."""


def page(
    template: str,
    lang: Language,
    data: dict[str, Any],
    *,
    scripts: Sequence[str],
    libraries: Sequence[str] = (LEAFLET,),
    styles: Sequence[str] = (),
    **values: Any,
) -> str:
    """Return a page as text; every value in it is escaped.

    *data* is for the *scripts*, which are put together in their order; *values* are for
    the template. Texts of both are told in the language; with a :class:`Polyglot` the
    page opens in its own, and its reader may choose another.
    """

    def told(value: Any) -> Any:
        if isinstance(value, Text):
            value = lang.tell(value)
        is_plain = isinstance(value, str) and not isinstance(value, Markup)
        return lang.read(value) if is_plain and isinstance(lang, Polyglot) else value

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_file),
        finalize=told,
    )
    sources = [*scripts, template] if isinstance(lang, Polyglot) else scripts
    words = {text: lang.tell(text) for text in script_texts(sources)}
    whole = embedded_json({**data, "strings": words, "lang": lang.code})
    pools = lang.pools() if isinstance(lang, Polyglot) else {}
    own = "\n".join(['"use strict";', "(async () => {", *map(_file, scripts), "})();"])
    return environment.get_template(template).render(
        say=say,
        lang=lang,
        languages=LANGUAGES,
        style=Markup("\n".join(map(_style, (*STYLES, *styles)))),
        libraries=[Markup(_without_map(_file(name))) for name in libraries],
        script=Markup(own),
        data=Markup(whole if len(whole) < PACKED_FROM else "{}"),
        words=Markup(embedded_json(pools) if pools else ""),
        packed=Markup("" if len(whole) < PACKED_FROM else _packed(whole)),
        **values,
    )


def _packed(text: str) -> str:
    """Return a text compressed, base 64: browsers unpack it by themselves."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(text.encode("utf-8")) + packer.flush()
    return b64encode(packed).decode("ascii")


def write_page(text: str, path: Path) -> None:
    """Write a page whole or not at all."""
    with draft_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def script_texts(scripts: Sequence[str]) -> list[str]:
    """Return the texts that scripts and templates ask for."""
    calls = re.findall(r'\bsay\("([^"]+)"\)', "\n".join(map(_file, scripts)))
    return list(dict.fromkeys(calls))


def embedded_json(value: Any) -> str:
    """Return JSON that cannot end the script element which holds it."""
    try:
        text = _compact(value)
    except ValueError:  # a number that is not finite somewhere: look at each value
        text = _compact(strict(value))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _file(name: str) -> str:
    folder = files("aumaq.results.pages.templates")
    return folder.joinpath(*name.split("/")).read_text("utf-8")


def _style(name: str) -> str:
    """Return a style without pictures from beside it: there is nothing beside it."""
    return re.sub(r"url\([^)]*\)", "none", _file(name))


def _without_map(script: str) -> str:
    """Return a script without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", script)
