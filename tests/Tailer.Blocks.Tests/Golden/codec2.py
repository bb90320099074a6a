"""A writer of codec 2 blocks, read off docs/formats/block.md and nothing else: plain, slow, for make.py."""
import calendar
import re
import struct
import time as clock

SECOND = 100_000_000
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAYS = "Sun Mon Tue Wed Thu Fri Sat".split()
FIELDS = "YymdebaHMS"
PATTERNS = ["Y-m-dTH:M:S", "Y-m-d H:M:S", "b e H:M:S", "d/b/Y:H:M:S", "Y/m/d H:M:S", "a b d H:M:S Y", "a b e H:M:S Y", "Ymd-H:M:S", "ymd HMS",
            "md H:M:S", "m.d H:M:S", "H:M:S"]
META, TIMES, STREAMS, HEADS, TEMPLATES, IDS, DIGITS, WORDS, INDEXES, LENGTHS, NUMBERS = range(11)


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def folded(n): return n << 1 if n >= 0 else (-n << 1) - 1
def zigzag(n): return varint(folded(n))
def signed(n): return (n + 2**63) % 2**64 - 2**63
def raw(b): return varint(len(b)) + b


def runs(values):
    out, i = b"", 0
    while i < len(values):
        n = i
        while n < len(values) and values[n] == values[i]:
            n += 1
        out += varint(values[i]) + varint(n - i)
        i = n
    return out


def inside(line, at):
    """Whether a place is inside a run of letters and digits."""
    around = re.match(rb"[A-Za-z0-9]{2}", line[at - 1:at + 1]) if at else None
    return bool(around) and not re.match(rb"[0-9]Z(?![A-Za-z0-9])", line[at - 1:])


# Time formats

def pattern_bytes(pattern): return bytes(FIELDS.index(c) + 1 if c in FIELDS else ord(c) for c in pattern)


def write_time(pattern, offset, time):
    """None when no calendar has it."""
    s = time // SECOND + offset
    if not 0 <= s <= 253_402_300_799:
        return None
    d = clock.gmtime(s)
    texts = {1: "%04d" % d.tm_year, 2: "%02d" % (d.tm_year % 100), 3: "%02d" % d.tm_mon, 4: "%02d" % d.tm_mday, 5: "%2d" % d.tm_mday,
             6: MONTHS[d.tm_mon - 1], 7: DAYS[(d.tm_wday + 1) % 7], 8: "%02d" % d.tm_hour, 9: "%02d" % d.tm_min, 10: "%02d" % d.tm_sec, 11: str(s)}
    fraction = "%08d" % (time % SECOND)
    return "".join(fraction[:b - 0x10] if 0x11 <= b <= 0x18 else texts.get(b) or chr(b) for b in pattern).encode()


def read_time(pattern, line, near):
    """Seconds of the clock the pattern finds at the start of the line, and how many bytes it read; None when it finds none."""
    expressions = {1: r"(?P<Y>\d{4})", 2: r"(?P<y>\d{2})", 3: r"(?P<m>\d{2})", 4: r"(?P<d>\d{2})", 5: r"(?P<e>[ \d]\d)",
                   6: "(?P<b>" + "|".join(MONTHS) + ")", 7: "(?P<a>" + "|".join(DAYS) + ")", 8: r"(?P<H>\d{2})", 9: r"(?P<M>\d{2})",
                   10: r"(?P<S>\d{2})"}
    found = re.match("".join(expressions.get(b) or re.escape(chr(b)) for b in pattern), line.decode("latin-1"), re.ASCII)
    if not found:
        return None
    g = found.groupdict()
    reference = clock.gmtime(near)
    month = MONTHS.index(g["b"]) + 1 if "b" in g else int(g.get("m", reference.tm_mon))
    day = int(g.get("d") or g.get("e") or reference.tm_mday)
    rest = int(g["H"]) * 3600 + int(g["M"]) * 60 + int(g["S"])

    def at(year):
        if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] and int(g["H"]) < 24 and int(g["M"]) < 60 and int(g["S"]) < 60):
            return None
        return calendar.timegm((year, month, day, 0, 0, 0)) + rest

    if "Y" in g or "y" in g:
        s = at(int(g["Y"]) if "Y" in g else 2000 + int(g["y"]))
    elif "b" in g or "m" in g:
        s = min((c for c in (at(reference.tm_year + k) for k in (-1, 0, 1)) if c is not None), key=lambda c: abs(c - near), default=None)
    else:
        s = min((at(reference.tm_year) + k * 86_400 for k in (-1, 0, 1)), key=lambda c: abs(c - near))
    return None if s is None else (s, found.end())


def find_format(line, time):
    for text in PATTERNS:
        pattern = pattern_bytes(text)
        read = read_time(pattern, line, time // SECOND)
        if read is None:
            continue
        offset = read[0] - time // SECOND
        if offset % 900 or abs(offset) > 14 * 3600:
            continue
        part = re.match(rb"[.,:]\d{1,8}", line[read[1]:])
        candidates = [pattern + part.group()[:1] + bytes([0x10 + len(part.group()) - 1])] if part else []
        for candidate in candidates + [pattern]:
            written = write_time(candidate, offset, time)
            if written is not None and line.startswith(written) and not inside(line, len(written)):
                return candidate, offset
    found = re.match(rb"\d{10}", line)
    if found and not inside(line, 10) and abs(int(found.group()) - time // SECOND) <= 14 * 3600 and (int(found.group()) - time // SECOND) % 900 == 0:
        return bytes([11]), int(found.group()) - time // SECOND
    return None


# Leads

def literal(b): return b"".join((b"\5" if c <= 5 else b"") + bytes([c]) for c in b)


def learn(line, time, host, app, pid, formats):
    """(format index or None, shape, before, after), or None."""
    at = 1 if line[:1] == b"[" else 0
    if line[:1] == b"<" and b">" in line[:6]:
        at = line.index(b">") + 1
        at += 2 if line[at:at + 2] == b"1 " else 0
    number = next((f for f, (p, o) in enumerate(formats) if (w := write_time(p, o, time)) is not None and line[at:].startswith(w)
                   and not inside(line, at + len(w))), None)
    if number is None and (found := find_format(line[at:], time)) is not None:
        formats.append(found)
        number = len(formats) - 1
    begin = at + (len(write_time(*formats[number], time)) if number is not None else 0)
    window, end = line[begin:begin + 320], 0
    place = window.find(app.encode()) if app else -1
    if place >= 0:
        end = place + len(app.encode())
        if window[end:end + 1] == b"[":
            close = window.find(b"]", end)
            end = close + 1 if 0 <= close - end <= 12 else 0
        if end:
            end += window[end:end + 1] == b":"
            end += window[end:end + 1] == b" "
    if number is None and not end:
        return None
    if number is None:
        window, place, end, begin, at = line[:begin + end], place + begin, end + begin, 0, 0
    shape = literal(line[:at]) + (b"\1" if number is not None else b"")
    if end:
        head, rest = window[:place], window[place + len(app.encode()):end]
        known = head.find(host.encode()) if host else -1
        shape += literal(head) if known < 0 else literal(head[:known]) + b"\2" + literal(head[known + len(host.encode()):])
        shape += b"\3"
        if len(rest) > len(str(pid)) and rest.startswith(b"[%d" % pid):
            shape, rest = shape + b"[\4", rest[1 + len(str(pid)):]
        shape += literal(rest)
    return number, shape, line[:at], window[:end]


# Tokenizer 1

def variables(line):
    """(start, end, class) of each."""
    found, at = [], 0
    while at < len(line) and len(found) < 250:
        token = re.compile(rb"[A-Za-z0-9]+").match(line, at)
        if token and re.search(rb"[0-9]", token.group()):
            text, first = token.group(), at + re.search(rb"[0-9]", token.group()).start()
            groups = [(at + g.start(), at + g.end(), 0) for g in re.finditer(rb"[0-9]+", text)]
            hexadecimal = re.fullmatch(rb"[0-9A-Fa-f]{4,}", text)
            if text.isdigit():
                found += groups
            elif len(text) <= 254 and (hexadecimal or len(groups) > 3):
                found.append((at, token.end(), 1))
            elif line[first:first + 2] in (b"0x", b"0X") and 2 < token.end() - first <= 254:
                found.append((first + 2, token.end(), 1))
            else:
                found += groups
            at = token.end()
            continue
        if token:
            at = token.end()
            continue
        sign = re.compile(rb'=|": ?"').match(line, at)
        at = sign.end() if sign else at + 1
        value = re.compile(rb"[A-Za-z][A-Za-z0-9_\-./@]*").match(line, at) if sign else None
        if value:
            found.append((at, value.end(), 1))
            at = value.end()
    return [v for v in found if v[1] - v[0] <= 254][:250]


# Columns

def log2(n):
    shift = max(0, n.bit_length() - 12)
    return ((n >> shift) ** 16).bit_length() - 1 + 16 * shift


def choose(values, kind):
    same = len({len(v) for v in values}) == 1
    coding, dictionary = (0 if same else 1), []
    if len(values) < 8:
        return coding, dictionary
    n, byte, length = len(values), 80 if kind else 54, 0 if same else 20
    best = sum(map(len, values)) * byte + n * length
    distinct = list(dict.fromkeys(values))
    entries = sorted((v for v in distinct if values.count(v) > 1), key=lambda v: (-values.count(v), distinct.index(v)))[:254]
    rest = [v for v in values if v not in entries]
    if entries:
        cost = 256 + sum(values.count(v) * (log2(n) - log2(values.count(v))) for v in entries)
        cost += len(rest) * (log2(n) - log2(len(rest))) if rest else 0
        cost += sum(map(len, entries + rest)) * byte + (len(entries) + len(rest)) * length
        if cost < best:
            best, coding, dictionary = cost, 2, entries
    if kind == 0 and n >= 32 and len(distinct) * 2 > n and max(map(len, values)) <= 18 and (same or all(v[:1] != b"0" or v == b"0" for v in values)):
        numbers = [int(v) for v in values]
        cost = len(values[0]) * 54 + sum(40 + 16 * ((2 * abs(b - a) + 1).bit_length() - 1) for a, b in zip(numbers, numbers[1:]))
        if cost < best:
            coding = 3
    return coding, dictionary


def write_column(sections, values, kind):
    coding, entries = choose(values, kind)
    width = len(values[0]) if len({len(v) for v in values}) == 1 else 0
    head, into = bytes([coding | kind << 2]), WORDS if kind else DIGITS
    if coding == 3:
        sections[HEADS] += head + bytes([width])
        sections[NUMBERS] += b"".join(zigzag(int(v) - int(b)) for b, v in zip([b"0"] + values, values))
        return
    written = values
    if coding == 2:
        rest = [v for v in values if v not in entries]
        sections[HEADS] += head + bytes([len(entries)]) + varint(len(rest)) + bytes([width])
        sections[INDEXES] += bytes(entries.index(v) if v in entries else 255 for v in values)
        written = entries + rest
    else:
        sections[HEADS] += head + (bytes([width]) if coding == 0 else b"")
    sections[into] += b"".join(written)
    if width == 0:
        sections[LENGTHS] += bytes(map(len, written))


# The block

def escaped(b): return b"".join((b"\2" if c <= 2 else b"") + bytes([c]) for c in b)


def sections_of(events):
    """Events: (source, offset, bytes, time, flags, severity, pid, host, app)."""
    sections = [b""] * 11
    formats, streams, stream_of, leads, keys = [], [], [], [], {}
    for source, _, line, time, _, _, pid, host, app in events:
        key = keys.setdefault((source, host, app, pid), {"leads": [], "plain": None, "vain": 0})
        stream, lead = None, 0
        for s in reversed(key["leads"]):
            number, _, before, after = streams[s][1]
            start = before + (write_time(*formats[number], time) or b"\0\0\0" if number is not None else b"") + after
            if line.startswith(start) and not inside(line, len(start)):
                stream, lead = s, len(start)
                break
        if stream is None and len(key["leads"]) < 8 and key["vain"] < 16 and len(line) >= 8:
            key["vain"] += 1
            learned = learn(line, time, host, app, pid, formats)
            if learned:
                lead = len(learned[2]) + len(learned[3]) + (len(write_time(*formats[learned[0]], time)) if learned[0] is not None else 0)
            if learned and not inside(line, lead):
                key["vain"], stream = 0, len(streams)
                key["leads"].append(stream)
                streams.append(((source, host, app, pid), learned))
        if stream is None:
            lead = 0
            if key["plain"] is None:
                key["plain"] = len(streams)
                streams.append(((source, host, app, pid), (None, b"", b"", b"")))
            stream = key["plain"]
        stream_of.append(stream)
        leads.append(lead)

    hosts, apps = (list(dict.fromkeys(e[i] for e in events)) for i in (7, 8))
    meta = varint(len(hosts)) + b"".join(raw(h.encode()) for h in hosts) + varint(len(apps)) + b"".join(raw(a.encode()) for a in apps)
    meta += varint(len(formats)) + b"".join(raw(p) + zigzag(o) for p, o in formats)
    meta += varint(len(streams))
    for (source, host, app, pid), (number, shape, _, _) in streams:
        meta += varint(source) + varint(hosts.index(host)) + varint(apps.index(app)) + varint(pid) + varint(0 if number is None else number + 1) + raw(shape)
    steps, ends = [], {}
    for e in events:
        steps.append(folded(signed(e[1] - ends.get(e[0], 0))))
        ends[e[0]] = e[1] + len(e[2])
    meta += runs(steps)
    steps = [signed(b[3] - a[3]) for a, b in zip(events, events[1:])]
    scale = max(k for k in range(9) if all(s % 10**k == 0 for s in steps))
    steps = [folded(s // 10**scale if s >= 0 else -(-s // 10**scale)) for s in steps]
    larger = {w: [s for s in steps if s >= 2**(8 * w) - 1] for w in range(1, 5)}
    width = 0 if not any(steps) else min(range(1, 5), key=lambda w: w * len(steps) + 9 * len(larger[w]))
    meta += struct.pack("<QBB", events[0][3], scale, width) + b"".join(map(varint, larger.get(width, [])))
    sections[META] = meta
    sections[TIMES] = b"".join(bytes(min(s, 2**(8 * width) - 1) >> 8 * w & 255 for s in steps) for w in range(width))

    recent = []
    for s in stream_of if len(streams) > 1 else []:
        rank = recent.index(s) if s in recent else len(recent)
        sections[STREAMS] += bytes([rank]) if rank < 255 else b"\xff" + struct.pack("<H", rank)
        recent = [s] + [r for r in recent if r != s]

    templates = {}
    rows = [i for s in range(len(streams)) for i in range(len(events)) if stream_of[i] == s]
    for i in rows:
        line, found = events[i][2][leads[i]:], variables(events[i][2][leads[i]:])
        cuts = [0] + [c for v in found for c in v[:2]] + [len(line)]
        pieces = tuple(line[a:b] for a, b in zip(cuts[::2], cuts[1::2]))
        template = templates.setdefault((events[i][5], events[i][4], pieces, tuple(v[2] for v in found)), (len(templates), []))
        template[1].append([line[a:b] for a, b, _ in found])
        sections[IDS] += struct.pack("<H", template[0])
    if len(templates) <= 256:
        sections[IDS] = sections[IDS][::2]
    sections[HEADS] = varint(len(templates))
    for (severity, flags, pieces, kinds), (_, values) in templates.items():
        sections[HEADS] += bytes([severity, flags])
        static = escaped(pieces[0])
        for slot, kind in enumerate(kinds):
            column = [v[slot] for v in values]
            if len(set(column)) == 1:
                static += escaped(column[0])
            else:
                static += b"\1"
                write_column(sections, column, kind)
            static += escaped(pieces[slot + 1])
        sections[TEMPLATES] += static + b"\0"
    return sections


def block(events, pack, crc):
    sections = sections_of(events)
    lines = b"".join(e[2] for e in events)

    def packed(plain):
        small = pack(plain) if plain else b""
        return small if len(small) < len(plain) else plain

    shared = packed(b"".join(s for s in sections if len(s) < 4096))
    own = [packed(s) for s in sections if len(s) >= 4096]
    return (b"\2\1" + varint(len(events)) + varint(len(lines)) + struct.pack("<I", crc(lines)) + b"".join(varint(len(s)) for s in sections)
            + varint(len(shared)) + b"".join(varint(len(o)) for o in own) + shared + b"".join(own))
