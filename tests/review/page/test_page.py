"""What a page may run, by the digests of its own scripts and styles."""

import pytest

from pipeline.review.page.page import policy

ALERT = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"  # of alert(1), as the digest of the shell has it
NOTHING = "'none'"


@pytest.mark.parametrize(
    ("page", "scripts", "styles"),
    [
        ("<p>alert(1)</p>", NOTHING, NOTHING),
        ("<script>alert(1)</script>", ALERT, NOTHING),
        ("<SCRIPT type=module>alert(1)</SCRIPT><script>alert(1)</script>", ALERT, NOTHING),
        ("<style>alert(1)</style>", NOTHING, ALERT),
        ("<!-- <script>alert(1)</script> --><p title='<script>alert(1)</script>'>", NOTHING, NOTHING),
    ],
)
def test_only_what_stands_in_the_page_runs(page: str, scripts: str, styles: str) -> None:
    told = dict(part.split(" ", 1) for part in policy(page).split("; "))
    assert (told["script-src"], told["style-src-elem"]) == (scripts, styles)
    assert (told["default-src"], told["base-uri"], told["form-action"]) == (NOTHING,) * 3
    assert "unsafe-inline" not in told["script-src"]


@pytest.mark.parametrize("page", ["<script>a < b && c > d; '&amp;'</script>", "<script>\r\nx\r\n</script>"])
def test_a_script_is_digested_as_a_browser_reads_it(page: str) -> None:
    plain = page.replace("\r\n", "\n")
    assert policy(page) == policy(plain) != policy("")
