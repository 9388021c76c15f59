"""Amounts of money in a text: offsets, value, bounds and currency.

The forms are a regular expression each. Sign, number and scale come in any order ("Rs5bn", "5bn rupees", "Rs mn 5",
"800 USD million"), and half of the signs have other meanings ("3 won", "COP 28"). Hedges ("up to", "around", "or more")
stand outside an amount and bound its value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline.seeds import table
from pipeline.values import currencies as c
from pipeline.values import numbers as n
from pipeline.values.numbers import DIGITS, alternatives, any_case, parse_number, scale, scales

Parts = dict[str, str | None]  # the named groups of a form
_DASH = r"\s?[-\u2013\u2014\x96]\s?"
_TO = rf"(?:{_DASH}|\s?to\b\s?)"


@dataclass(frozen=True)
class Money:
    """`value` in units of `currency` (ISO 4217); of a range the lower end; None where the amount is vague.

    `low`, `high`: the bounds that a range or hedge gives; `approximate`: whether the text calls the value inexact.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    currency: str | None = None


def find_money(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of every amount with its currency, without hedges, in reading order."""
    return [match.span() for match in matches(text)]


def parse_money(text: str, home: c.Home = c.NOWHERE, sentence: str | None = None) -> Money | None:
    """The first amount of `text`, with hedges before and after it applied; None where there is none.

    `home` and the `sentence` that it comes from decide signs that several currencies share; without them Rs is PKR and
    $ is USD.
    """
    return next((money for _, money in read_money(text, home, sentence)), None)


def read_money(
    text: str, home: c.Home = c.NOWHERE, sentence: str | None = None
) -> Iterator[tuple[tuple[int, int], Money]]:
    """The offsets of `find_money`, each with its amount."""
    for match in matches(text):
        around = sentence or c.beside(text, *match.span())
        yield match.span(), hedged(_read(scaled(match), home, around), text, *match.span())


def hedged(money: Money, text: str, start: int, end: int) -> Money:
    """The amount at `text[start:end]`, with the hedges before and after it applied.

    "up to $5m" has high 5e6; "over $5m" has low 5e6 and is approximate.
    """
    after = _hedge("hedges_after").match(text, end)  # "or more" in "loans of $5m or more"
    for place, match in (("hedges", _hedge_before(text, start)), ("hedges_after", after)):
        if match is None:
            continue
        hedge = table("money.yaml")[place][" ".join(match[1].lower().split())]
        money = replace(money, approximate=money.approximate or not hedge["exact"])
        if money.value is not None and hedge["bound"] == "low":
            money = replace(money, low=money.value if money.low is None else money.low)
        elif money.value is not None and hedge["bound"] == "high":
            money = replace(money, high=money.value if money.high is None else money.high)
    return money


def _hedge_before(text: str, start: int) -> re.Match[str] | None:
    """The hedge that ends where the amount starts: "up to" in "loans of up to $5m".

    None in "rolled over $5m", "talks over $5m", "under a $5m loan", where the word is no hedge.
    """
    before = text[max(0, start - 40) : start]
    match = _hedge("hedges").search(before)
    if match is None or (match["article"] and match["hedge"].lower() in table("money.yaml")["prepositions"]):
        return None
    return None if _taking(match["hedge"].lower()).search(before, 0, match.start()) else match


def per_unit(text: str, end: int) -> str | None:
    """The unit that the amount ending at `end` is the price of: "tonne", "month", "unit" ("/unit"), "each".

    None for a total: "$4 million", "Rs5,00,000/-". In "$3 to $4 a kilo" both are prices.
    """
    between = re.search(r"\bbetween\b", text[max(0, end - 30) : end], re.IGNORECASE) is not None
    match = _rate(("to", "or", "and") if between else ("to", "or")).match(text, end)
    return None if match is None else next(group for group in match.groups() if group).lower().rstrip(".")


def is_price(text: str, end: int) -> bool:
    """Whether the amount ending at `end` is the price of one thing; an amount a year, or for each, is a sum."""
    unit = per_unit(text, end)
    return unit is not None and unit not in table("money.yaml")["rates"]["sums"]


def _read(parts: Parts, home: c.Home, sentence: str) -> Money:
    currency = _tail_currency(parts, home) or _currency(parts, home, sentence)
    if parts.get("start") is None:
        return Money(None, approximate=True, currency=currency)
    word, signs = (parts["sign"] or "").lower(), c.signs()
    low, high = bounds(parts, " hundredth" if word in signs.cents and word not in signs.words else "")
    return Money(low, currency=currency) if high is None else Money(low, low, high, currency=currency)


def _currency(parts: Parts, home: c.Home, sentence: str) -> str | None:
    """That of the sign; an adjective before a symbol may be another nation's: "a Kenyan Rs5 billion order"."""
    sign, adjective = parts["sign"] or "", parts.get("adjective")
    if adjective is None and sign.lower() in table("money.yaml")["bare_dollars"]:  # "$", not "US$"
        return "USD" if home.dollar != "USD" and home.is_foreign(sentence) else home.dollar
    found = c.currency_of(sign, home.countries, adjective) if adjective is not None else None
    plain = adjective is None or sign in c.signs().symbols
    return c.currency_of(sign, _countries(sign, home, sentence)) if found is None and plain else found


def _countries(sign: str, home: c.Home, sentence: str) -> tuple[str, ...]:
    """The article's countries; a country of a shared sign, if the sentence names only one, is put second or first."""
    owners = c.owners_of(sign)
    near = owners & home.named_in(sentence) if owners else owners
    if len(near) != 1:
        return home.countries
    first = home.countries[: 0 if sign in table("money.yaml")["lenders_signs"] else 1]
    return (*first, *near, *home.countries)


def _tail_currency(parts: Parts, home: c.Home) -> str | None:
    """The currency after the amount, where it is more exact than the sign: "$5 million Namibian dollars"."""
    tail, adjective = parts.get("tail"), parts.get("tail_adjective")
    exact = tail is not None and (adjective is not None or tail in c.codes())
    sign = parts["sign"] or ""
    shared = not sign[0:1].isalpha() or len(c.signs().symbols.get(sign, ())) > 1
    return c.currency_of(tail, home.countries, adjective) if tail is not None and exact and shared else None


@cache
def _hedge(place: str) -> re.Pattern[str]:
    hedges = any_case(table("money.yaml")[place])
    if place == "hedges":
        return re.compile(rf"(?<!\w)(?P<hedge>{hedges})\s*(?P<article>an?\s+)?$")
    return re.compile(rf"(?!\splus\s+[^\s.,;:)])[\s-]?({hedges})(?!\w)")  # not "$5m plus interest"


@cache
def _taking(hedge: str) -> re.Pattern[str]:
    """A word at the end with which the hedge forms a phrase: "rolled" of "rolled over"."""
    words = table("money.yaml")["taking"].get(hedge, [])
    return re.compile(rf"\b{any_case(words)}\s+$" if words else r"(?!)")


@cache
def _rate(joining: tuple[str, ...]) -> re.Pattern[str]:
    words = table("money.yaml")["rates"]
    units, alone = any_case(words["units"]), any_case(words["alone"])
    number = r"[^\s\d]{0,4}\s?\d[\d.,]*(?:\s?[a-z]{1,8}(?=\s?(?:/|per|an?)\b))?"
    other = rf"(?:\s?(?:-|\u2013|\b{any_case(joining)}\b)\s?{number})?"
    per = r"\s?/\s?([A-Za-z]+)|[\s-](?i:per)[\s-](?!cent\b)(\w[\w-]*)"
    return re.compile(rf"{other}(?:{per}|\s(?i:an?|every)\s({units})\b|\s({alone})(?!\w))")


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
    known = (parts.get(name) or "" for name in ("start_scale", "end_scale"))
    own, end_scale = (scale.strip() if len(scale) == 2 else scale for scale in known)  # a letter touches its number
    start, end = parts.get("start") or "", parts.get("end")
    if end is None:
        return parse_number(start + own + share), None
    high = parse_number(end + end_scale + share)
    low = parse_number(start + (own or end_scale) + share)
    if low is not None and high is not None and low > high and not own:
        low = parse_number(start + share)
    return low, high


def _is_money(parts: Parts) -> bool:
    """Whether number and sign are money together: "2 million won" is, "two won" is not."""
    start, sign = parts.get("start"), parts.get("sign") or ""
    if parts.get("end") is not None:
        (low, high), both = bounds(parts), parts.get("start_scale") and parts.get("end_scale")
        if low is None or high is None or low >= high or (parts.get("whole") is not None and not both):
            return False  # no range; where both numbers have a sign, both must have a scale
        if parts.get("bare") is not None and low == parse_number(start or ""):
            return False  # "$90 to $5 million": the first has no part in the scale of the second
    if start is None or parts.get("start_scale") or parts.get("end_scale"):
        return True
    if (
        start.lower() in ("a", "an")
        or re.fullmatch(r"\d+,\d", start)
        or (re.fullmatch(r"(?:19|20)\d\d", start) and sign not in c.codes())
    ):
        return False
    if parts.get("spelled") is not None and not re.search(r",\d{3}", start):
        return False
    doubtful = c.doubtful_signs() if parts.get("first") is not None else c.needs_scale()
    return parts.get("adjective") is not None or sign.lower() not in doubtful


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
    later = rf"\sto\s[^\s\d]{{0,4}}\s?{DIGITS}(?P<scale>{scale()}{{1,2}})"
    after = re.compile(later).match(text, match.end()) if changed else None
    short = re.fullmatch(r"\d{1,3}(?:\.\d+)?", parts.get("start") or "") and not parts.get("start_scale")
    return {**parts, "start_scale": after["scale"]} if after and short else parts


@cache
def _forms() -> list[tuple[re.Pattern[str] | None, re.Pattern[str]]]:
    """The forms; a rare one has a cue that is quick to search and without which the text has no match."""
    usual = [(None, re.compile(pattern)) for pattern in _usual()]
    return [*usual, *((re.compile(cue), re.compile(pattern)) for cue, pattern in _rare())]


def _usual() -> Iterator[str]:
    before, after, start, end = _sign_before(), _sign_after(), _amount("start", n.number()), _amount("end", DIGITS)
    repeated = re.sub(r"\?P<\w+>", "?:", before)
    bare, tail = _bare(), _tail()
    yield rf"{before}\s{{0,2}}{start}{tail}"
    yield rf"{before}\s{{0,2}}{start}(?:{_TO}|{_DASH}{repeated}\s?){end}{tail}"
    yield rf"^(?:[bB]etween\s+)?{before}\s{{0,2}}{start}\s+to\s+{repeated}\s?{end}{tail}$"
    yield rf"^{before}\s{{0,2}}{bare}\s+and\s+(?:{repeated}\s?)?{end}{tail}$"
    yield rf"^[bB]etween\s+{before}\s{{0,2}}{start}\s+and\s+{repeated}\s?{end}{tail}$"
    shared = any_case(word for word, owners in c.signs().words.items() if len(owners) > 1)
    nation = rf"(?:(?P<adjective>{any_case(c.signs().adjectives)})\s(?={shared}\s))?"  # not "lent Kenya yen 5 billion"
    yield rf"(?<![\w-])(?P<spelled>){nation}(?P<sign>{any_case(table('money.yaml')['words_before'])})\s{start}"
    yield rf"(?<![\w.,$€£]){start}[\s-]{{0,2}}{after}"
    yield rf"(?<![\w.,$€£]){start}{_TO}{end}[\s-]{{0,2}}{after}"
    vague = table("money.yaml")
    loose = any_case(vague["vague"])
    yield rf"\b(?:{loose}[\s-]+){{0,3}}{any_case(vague['vague_scales'])}\s+(?i:of)\s+{after}"
    yield rf"\b{any_case(vague['vague_compounds'])}[\s-]+{after}"
    yield rf"\b{loose}[\s-]+{any_case(scales())}[\s-]+{after}"


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
    spoken, whole = any_case(n.spoken_units()), any_case(word for word in scales() if len(word) > 3)
    said = rf"(?<![\w-])(?P<bare>)(?P<start>{spoken})\s+(?:to|or)\s+{_amount('end', spoken)}[\s-]{{0,2}}{after}"
    yield rf"[a-z]\s+(?:to|or)\s+[a-z]+\s{whole}", said
    leading = any_case(table("money.yaml")["leading_scales"])
    yield rf"{leading}\.?\s\d", rf"{before}\s{{0,2}}(?P<start_scale>{leading})\.?\s(?P<start>{DIGITS})"
    amount = rf"(?P<start>{DIGITS})\s(?P<sign>{alternatives(c.codes())})(?P<start_scale>\s{whole})\b"
    yield rf"\d\s[A-Z]{{3}}\s{whole}", rf"(?<![\w.,$€£]){amount}"
    size, lent = r"(?P<start_scale>[MmKkB])", rf"(?P<sign>{alternatives(table('money.yaml')['scaled_codes'])})"
    cue = rf"[MmKkB]{alternatives(table('money.yaml')['scaled_codes'])}"
    yield cue, rf"(?<![\w.,$€£])(?P<start>{DIGITS})\s?{size}{lent}(?!\w)"
    yield cue, rf"(?<![\w$]){size}{lent}\s?(?P<start>{DIGITS})(?![.,]?\d|{scale()})"


def _bare() -> str:
    return rf"(?P<bare>)(?P<start>{DIGITS})(?![.,]?\d)(?!{scale()})"


def _amount(name: str, number: str) -> str:
    letter = r"\s[MBmb]\b(?![.'\u2019-])"
    more = rf"(?:{n.lesser()}+|{n.and_a_half()})?"
    return rf"(?P<{name}>{number})(?![.,]?\d)(?!&(?:nbsp|#160);)(?P<{name}_scale>(?:{scale()}{{1,2}}{more}|{letter})?)"


def _tail() -> str:
    """A second currency after the amount: "US$5 million dollars", "$8 million USD"."""
    words, adjective = any_case(c.signs().words.keys() - c.needs_scale()), any_case(c.signs().adjectives)
    sure = alternatives(code for code in c.codes() if code.lower() not in c.doubtful_signs())
    tail = rf"(?:(?P<tail_adjective>{adjective})\s)?(?P<tail>{words}|{sure})"
    return rf"(?:\s{tail}(?![\w-])(?!\s?\d))?"


def _sign_before() -> str:
    known = [*c.signs().symbols, *c.codes(), *(f"{code}$" for code in c.codes())]
    letters = [symbol for symbol in known if len(symbol) == 1 and symbol.isalpha()]
    others = alternatives(symbol for symbol in known if symbol not in letters)
    apart = alternatives(set(letters) & set(table("money.yaml")["letters_apart"]))
    shouted = alternatives(word.upper() for word in scales() if len(word) > 1)
    touching = rf"{alternatives(letters)}(?={DIGITS}(?:{scale(alternatives)}|\s?{shouted}\b))"
    grouped = rf"{apart}(?=\d{{1,3}}(?:[, ]\d{{3}})+(?!\d))"
    capitals = rf"{alternatives(c.signs().capitals)}(?=\s{{0,2}}{DIGITS}(?:{_DASH}{DIGITS})?{scale()})"
    sign = rf"(?P<sign>{others}(?![A-Za-z])|{touching}|{grouped}|{apart}(?=\s{DIGITS}{scale()})|{capitals})"
    shared = {
        sign: {code for code, _, _ in owners}
        for sign, owners in c.signs().symbols.items()
        if len(owners) > 1 and len(sign) > 1 and "$" not in sign
    }
    owned = set[str]().union(*shared.values())
    adjectives = [adjective for adjective, found in c.signs().adjectives.items() if owned & set(found)]
    nation = rf"(?:(?P<adjective>{any_case(adjectives)})\s(?={alternatives(shared)}))?"  # "Indian Rs500 crore"
    return rf"(?<![A-Za-z0-9$])(?P<first>){nation}{sign}"


def _sign_after() -> str:
    known = any_case([*c.signs().words, *c.signs().cents])
    marks = alternatives(symbol for symbol in c.signs().symbols if not symbol[-1].isalpha() and symbol[-1] not in ".:/")
    adjective = rf"(?:(?P<adjective>{any_case(c.signs().adjectives)})[\s-]+)?"
    return rf"{adjective}(?P<sign>{known}(?!\w)|{alternatives(c.codes())}(?!\w)|{marks}(?!\w|\s?\d|{scale()}))"
