"""The forms of an amount of money, a regular expression each, and the check whether a match is money.

Sign, number and scale come in any order ("Rs5bn", "5bn rupees", "Rs mn 5", "800 USD million"), and half of the signs
have other meanings ("3 won", "COP 28").
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pipeline.seeds import table
from pipeline.values.currencies import codes, doubtful_signs, needs_scale, signs
from pipeline.values.numbers import (
    DIGITS,
    alternatives,
    and_a_half,
    any_case,
    lesser,
    number,
    parse_number,
    scale,
    scales,
    spoken_units,
)

Parts = dict[str, str | None]  # the named groups of a form
_DASH = r"\s?[-\u2013\u2014\x96]\s?"
_TO = rf"(?:{_DASH}|\s?to\b\s?)"


def matches(text: str) -> list[re.Match[str]]:
    """Matches of all forms that do not overlap; of two that do, the one that starts first, then the longer one."""
    forms = [form for cue, form in _forms() if cue is None or cue.search(text)]
    found = [m for form in forms for m in form.finditer(text) if _is_money(m.groupdict()) and not _is_change(m)]
    chosen: list[re.Match[str]] = []
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if not chosen or match.start() >= chosen[-1].end():
            chosen.append(match)
    return chosen


def bounds(parts: Parts, share: str = "") -> tuple[float | None, float | None]:
    """The number and, of a range, the second number. A first number without a scale has that of the second.

    It has none where it would then be the greater one: "$500,000 to $1 million". `share`: a last scale of both.
    """
    own, end_scale = (_touching(parts.get(name) or "") for name in ("start_scale", "end_scale"))
    start, end = parts.get("start") or "", parts.get("end")
    if end is None:
        return parse_number(start + own + share), None
    high = parse_number(end + end_scale + share)
    low = parse_number(start + (own or end_scale) + share)
    if low is not None and high is not None and low > high and not own:
        low = parse_number(start + share)
    return low, high


def _touching(scale: str) -> str:
    """The scale, without the space before a single letter, so that it can be joined to its number."""
    return scale.strip() if len(scale) == 2 else scale


def _is_money(parts: Parts) -> bool:
    """Whether number and sign are money together: "2 million won" is, "two won" is not."""
    start, sign = parts.get("start"), parts.get("sign") or ""
    if parts.get("bare") is not None and not _rises(parts):
        return False
    if parts.get("end") is not None and not _is_range(parts):
        return False
    if start is None or parts.get("start_scale") or parts.get("end_scale"):
        return True
    if (
        start.lower() in ("a", "an")
        or re.fullmatch(r"\d+,\d", start)
        or (re.fullmatch(r"(?:19|20)\d\d", start) and sign not in codes())
    ):
        return False
    if parts.get("spelled") is not None and not re.search(r",\d{3}", start):
        return False
    doubtful = doubtful_signs() if parts.get("first") is not None else needs_scale()
    return parts.get("adjective") is not None or sign.lower() not in doubtful


def _is_range(parts: Parts) -> bool:
    """Whether the second number is greater; where both have a sign, both must have a scale."""
    (low, high), scaled = bounds(parts), parts.get("start_scale") and parts.get("end_scale")
    return low is not None and high is not None and low < high and (parts.get("whole") is None or bool(scaled))


def _rises(parts: Parts) -> bool:
    """Whether a first number without a scale has that of the second: "$3 to $5 billion", not "$90 to $5 million"."""
    low, high = bounds(parts)
    return low is not None and high is not None and parse_number(parts["start"] or "") != low < high


def _is_change(match: re.Match[str]) -> bool:
    """Whether two numbers are a change and no range: "rose from $5 to $7 billion"."""
    parts = match.groupdict()
    if parts.get("end") is None:
        return False
    before = match.string[max(0, match.start() - 140) : match.start()]
    return _change(with_from=parts.get("whole") is None).search(before) is not None


@cache
def _change(*, with_from: bool) -> re.Pattern[str]:
    """A word of change at the end; `with_from`: and "from", which "rose $5 billion to $7 billion" lacks."""
    before = r"\b[fF]rom\s" if with_from else ""
    return re.compile(rf"\b{any_case(table('money.yaml')['changes'])}\b[^.;:]{{0,120}}{before}$")


def scaled(match: re.Match[str]) -> Parts:
    """The parts; "Rs50" in "raised from Rs50 to Rs70 billion" has the scale of the later number."""
    parts, text = match.groupdict(), match.string
    changed = text[max(0, match.start() - 5) : match.start()].lower() == "from "
    after = _later_scale().match(text, match.end()) if changed else None
    short = re.fullmatch(r"\d{1,3}(?:\.\d+)?", parts.get("start") or "") and not parts.get("start_scale")
    return {**parts, "start_scale": after["scale"]} if after and short else parts


@lru_cache(maxsize=1)
def _later_scale() -> re.Pattern[str]:
    return re.compile(rf"\sto\s[^\s\d]{{0,4}}\s?{DIGITS}(?P<scale>{scale()}{{1,2}})")


@lru_cache(maxsize=1)
def _forms() -> list[tuple[re.Pattern[str] | None, re.Pattern[str]]]:
    """The forms; a rare one has a cue that is quick to search and without which the text has no match."""
    usual = [(None, re.compile(pattern)) for pattern in (*_sign_first(), *_number_first(), *_vague())]
    return [*usual, *((re.compile(cue), re.compile(pattern)) for cue, pattern in _rare())]


def _sign_first() -> Iterator[str]:
    before, start, end = _sign_before(), _amount("start", number()), _amount("end", DIGITS)
    repeated = re.sub(r"\?P<\w+>", "?:", before)
    bare, tail = _bare(), _tail()
    yield rf"{before}\s{{0,2}}{start}{tail}"
    yield rf"{before}\s{{0,2}}{start}(?:{_TO}|{_DASH}{repeated}\s?){end}{tail}"
    yield rf"^(?:[bB]etween\s+)?{before}\s{{0,2}}{start}\s+to\s+{repeated}\s?{end}{tail}$"
    yield rf"^{before}\s{{0,2}}{bare}\s+and\s+(?:{repeated}\s?)?{end}{tail}$"
    yield rf"^[bB]etween\s+{before}\s{{0,2}}{start}\s+and\s+{repeated}\s?{end}{tail}$"
    shared = any_case(word for word, owners in signs().words.items() if len(owners) > 1)
    nation = rf"(?:(?P<adjective>{any_case(signs().adjectives)})\s(?={shared}\s))?"  # not "lent Kenya yen 5 billion"
    yield rf"(?<![\w-])(?P<spelled>){nation}(?P<sign>{any_case(table('money.yaml')['words_before'])})\s{start}"


def _number_first() -> Iterator[str]:
    after, start, end = _sign_after(), _amount("start", number()), _amount("end", DIGITS)
    yield rf"(?<![\w.,$€£]){start}[\s-]{{0,2}}{after}"
    yield rf"(?<![\w.,$€£]){start}{_TO}{end}[\s-]{{0,2}}{after}"


def _rare() -> Iterator[tuple[str, str]]:
    before, after, end, tail, bare = _sign_before(), _sign_after(), _amount("end", DIGITS), _tail(), _bare()
    repeated = re.sub(r"\?P<\w+>", "?:", before)
    two, between = r"\d\s+(?:and|to)\s+\S{0,4}\d", r"(?<=\b[bB]etween\s)"
    yield two, rf"{before}\s{{0,2}}{bare}\s+to\s+{repeated}\s?{end}{tail}"
    yield two, rf"{between}{before}\s{{0,2}}{bare}\s+(?:and|to)\s+(?:{repeated}\s?)?{end}{tail}"
    small = rf"(?P<start>{DIGITS})(?![.,]?\d)\s+and\s+(?:{repeated}\s?)?(?P<end>{DIGITS})(?![.,]?\d)(?!{scale()})"
    yield two, rf"{between}{before}\s{{0,2}}{small}"
    both = rf"{before}\s{{0,2}}(?P<whole>){_amount('start', DIGITS)}"
    full, again = r"\d\s?[a-z]+\s+(?:and|to)\s+\S{1,4}\s{0,2}\d", rf"(?P=sign)\s{{0,2}}{end}{tail}"
    yield full, rf"{both}\s+to\s+{again}"
    yield full, rf"{between}{both}\s+and\s+{again}"
    yield two, rf"(?:{between}|^){bare}\s+and\s+{end}[\s-]{{0,2}}{after}"
    sized = rf"(?<![\w.,$€£]){_amount('start', DIGITS)}"
    yield r"\d\s?[a-z]+\s+and\s+\d", rf"{between}(?P<whole>){sized}\s+and\s+{end}[\s-]{{0,2}}{after}"
    spoken, whole = any_case(spoken_units()), any_case(word for word in scales() if len(word) > 3)
    said = rf"(?<![\w-])(?P<bare>)(?P<start>{spoken})\s+(?:to|or)\s+{_amount('end', spoken)}[\s-]{{0,2}}{after}"
    yield rf"[a-z]\s+(?:to|or)\s+[a-z]+\s{whole}", said
    leading = any_case(table("money.yaml")["leading_scales"])
    yield rf"{leading}\.?\s\d", rf"{before}\s{{0,2}}(?P<start_scale>{leading})\.?\s(?P<start>{DIGITS})"
    amount = rf"(?P<start>{DIGITS})\s(?P<sign>{alternatives(codes())})(?P<start_scale>\s{whole})\b"
    yield rf"\d\s[A-Z]{{3}}\s{whole}", rf"(?<![\w.,$€£]){amount}"
    size, lent = r"(?P<start_scale>[MmKkB])", rf"(?P<sign>{alternatives(table('money.yaml')['scaled_codes'])})"
    cue = rf"[MmKkB]{alternatives(table('money.yaml')['scaled_codes'])}"
    yield cue, rf"(?<![\w.,$€£])(?P<start>{DIGITS})\s?{size}{lent}(?!\w)"
    yield cue, rf"(?<![\w$]){size}{lent}\s?(?P<start>{DIGITS})(?![.,]?\d|{scale()})"


def _bare() -> str:
    return rf"(?P<bare>)(?P<start>{DIGITS})(?![.,]?\d)(?!{scale()})"


def _vague() -> Iterator[str]:
    vague, after = table("money.yaml"), _sign_after()
    loose, bare = any_case(vague["vague"]), any_case(vague["vague_scales"])
    yield rf"\b(?:{loose}[\s-]+){{0,3}}{bare}\s+(?i:of)\s+{after}"
    yield rf"\b{any_case(vague['vague_compounds'])}[\s-]+{after}"
    yield rf"\b{loose}[\s-]+{any_case(scales())}[\s-]+{after}"


def _amount(name: str, number: str) -> str:
    letter = r"\s[MBmb]\b(?![.'\u2019-])"
    more = rf"(?:{lesser()}+|{and_a_half()})?"
    return rf"(?P<{name}>{number})(?![.,]?\d)(?!&(?:nbsp|#160);)(?P<{name}_scale>(?:{scale()}{{1,2}}{more}|{letter})?)"


def _tail() -> str:
    """A second currency after the amount: "US$5 million dollars", "$8 million USD"."""
    words, adjective = any_case(signs().words.keys() - needs_scale()), any_case(signs().adjectives)
    sure = alternatives(code for code in codes() if code.lower() not in doubtful_signs())
    tail = rf"(?:(?P<tail_adjective>{adjective})\s)?(?P<tail>{words}|{sure})"
    return rf"(?:\s{tail}(?![\w-])(?!\s?\d))?"


def _sign_before() -> str:
    known = [*signs().symbols, *codes(), *(f"{code}$" for code in codes())]
    letters = [symbol for symbol in known if len(symbol) == 1 and symbol.isalpha()]
    others = alternatives(symbol for symbol in known if symbol not in letters)
    apart = alternatives(set(letters) & set(table("money.yaml")["letters_apart"]))
    shouted = alternatives(word.upper() for word in scales() if len(word) > 1)
    touching = rf"{alternatives(letters)}(?={DIGITS}(?:{scale(alternatives)}|\s?{shouted}\b))"
    grouped = rf"{apart}(?=\d{{1,3}}(?:[, ]\d{{3}})+(?!\d))"
    capitals = rf"{alternatives(signs().capitals)}(?=\s{{0,2}}{DIGITS}(?:{_DASH}{DIGITS})?{scale()})"
    sign = rf"(?P<sign>{others}(?![A-Za-z])|{touching}|{grouped}|{apart}(?=\s{DIGITS}{scale()})|{capitals})"
    return rf"(?<![A-Za-z0-9$])(?P<first>){_nation()}{sign}"


def _sign_after() -> str:
    known = any_case([*signs().words, *signs().cents])
    marks = alternatives(symbol for symbol in signs().symbols if not symbol[-1].isalpha() and symbol[-1] not in ".:/")
    adjective = rf"(?:(?P<adjective>{any_case(signs().adjectives)})[\s-]+)?"
    return rf"{adjective}(?P<sign>{known}(?!\w)|{alternatives(codes())}(?!\w)|{marks}(?!\w|\s?\d|{scale()}))"


def _nation() -> str:
    """The adjective before a shared sign of letters: "Indian Rs500 crore"."""
    signs_known = signs().symbols.items()
    shared = {sign: owners for sign, owners in signs_known if len(owners) > 1 and len(sign) > 1 and "$" not in sign}
    codes = {code for owners in shared.values() for code, _, _ in owners}
    adjectives = [adjective for adjective, found in signs().adjectives.items() if codes & set(found)]
    return rf"(?:(?P<adjective>{any_case(adjectives)})\s(?={alternatives(shared)}))?"
