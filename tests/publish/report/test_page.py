"""The page as text: what is in it, and what cannot be."""

import gzip
import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
import yaml
from builders import SOLES, bare, commitment, mention, record
from publish.report.articles import EVIL, hostile, many, shown

from pipeline.errors import SetupError
from pipeline.publish.report import data, page
from pipeline.publish.report.data import gather


def blocks(text: str) -> dict[str, Any]:
    """The data of a page, unpacked."""
    packed = re.findall(r'<script type="application/gzip" data-name="([^"]+)">([^<]*)</script>', text)
    return {name: json.loads(gzip.decompress(b64decode(block, validate=True))) for name, block in packed}


def scripts(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def allowed(text: str) -> dict[str, list[str]]:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    return {name: rest for name, *rest in (rule.split() for rule in unescape(policy[1]).split("; "))}


def digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(("filled", "connect"), [(True, "'none'"), (False, "'self'")])
def test_the_policy_allows_what_is_there_and_nothing_else(filled: bool, connect: str) -> None:
    text = page.html("Ring roads", gather(many()) if filled else None, ["corridor.more = 1;"])
    rules = allowed(text)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert rules["script-src"] == [digest(code) for code in scripts(text)]
    assert rules["style-src"] == [digest(style)]
    assert (rules["default-src"], rules["connect-src"], rules["base-uri"]) == (["'none'"], [connect], ["'none'"])
    assert scripts(text)[-2] == "corridor.more = 1;"


def test_the_same_records_give_the_same_bytes() -> None:
    assert page.html("A", gather(shown())) == page.html("A", gather(shown()))


def test_data_and_title_cannot_become_markup() -> None:
    """Between our own tags there is no `<` but in scripts, styles and the noscript text."""
    text = page.html(EVIL[0], gather([hostile()]))
    assert f"<title>{EVIL[0].replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</title>" in text
    assert all(words not in text for words in (EVIL[1], EVIL[5], "harmed=1</script>"))
    assert len(re.findall("<script", text)) == len(scripts(text)) + len(blocks(text))


def test_our_files_can_stand_in_a_page() -> None:
    code = [*page.vendored(), *(page.web(f"{name}.js") for name in (*page.SCRIPTS, page.LAST))]
    assert [text[:60] for text in code if re.search(r"</script|<!--", text, re.IGNORECASE)] == []
    assert [name for name in page.STYLES if "</style" in page.web(f"{name}.css")] == []
    own = (
        {f"{name}.js" for name in (*page.SCRIPTS, page.LAST)} | {f"{name}.css" for name in page.STYLES} | {"page.html"}
    )
    assert {path.name for path in page.WEB.iterdir() if path.is_file()} == own


def test_our_scripts_make_no_markup_of_text() -> None:
    never = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|dangerouslySet|fetch\(|XMLHttp"
    )
    comments = r"/\*.*?\*/"
    for name in (*page.SCRIPTS, page.LAST):
        assert not re.search(never, re.sub(comments, "", page.web(f"{name}.js"), flags=re.DOTALL)), name


def test_the_libraries_are_those_of_the_table_with_their_licences() -> None:
    rows = yaml.safe_load(page.web("vendor/vendor.yaml"))
    for row in rows:
        assert sha256((page.VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert all((page.VENDOR / name).is_file() for name in row["licences"])
    told = {row["file"] for row in rows} | {name for row in rows for name in row["licences"]}
    assert {path.name for path in page.VENDOR.iterdir()} == {"vendor.yaml", *told}


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(SetupError, match="reinstall corridor"):
        page.web("nothing.js")


def test_articles_are_packed_some_at_a_time() -> None:
    told = blocks(page.html("A", gather(shown())))
    assert list(told) == ["index", "articles-0", "articles-1", "progress", "map"]
    assert told["index"]["block_size"] == len(told["articles-0"]) == data.BLOCK
    assert [part["article"]["id"] for part in told["articles-1"]] == [one.article.id for one in shown()[data.BLOCK :]]


def test_too_many_articles_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "LIMIT", 2)
    assert len(gather([bare("a"), bare("b")]).articles) == 1
    with pytest.raises(SetupError, match=r"more than 2 articles .*head -n 2 .*`corridor export`"):
        gather([bare("a"), bare("b"), bare("c")])


def test_no_records_make_a_page() -> None:
    told = blocks(page.html("Nothing", gather([])))
    assert (told["index"]["articles"], told["index"]["commitments"]) == ([], [])


def test_values_that_json_has_no_word_for_are_packed() -> None:
    endless = SOLES.model_copy(update={"value": float("inf")})
    told = blocks(
        page.html(
            "A",
            gather(
                [
                    record(
                        commitments=[commitment(amounts=[endless])],
                        mentions=[mention(1, "MONEY", "$700m", value=endless)],
                    )
                ]
            ),
        )
    )
    assert told["index"]["commitments"][0]["value"] is None
