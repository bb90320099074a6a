#!/usr/bin/env python3
"""Made log-1.zdict of log-1.txt. Kept to show what the dictionary is; its bytes are part of the format and are not made again.

The content is the phrases without their values, then the first columns of usual blocks. The entropy tables are of bodies as
docs/formats/frame.md has them for codec 1's short form, of those phrases with random values: it is not trained on log files.
Software of which there are sample logs (docs/performance.md) is left out unless every host runs it, so that what is measured with
them is what unknown logs get.
A better dictionary is log-2.txt and a number more; zstd makes other tables in other versions, so run it once and keep the bytes.
"""
import ctypes
import pathlib
import random
import re
import struct
import sys

HERE = pathlib.Path(__file__).parent
NUMBER = 1
BYTES_MAX = 16 * 1024
LEVEL = 5
Y, MO, D, PD, B, A, H, M, S, T = 1, 3, 4, 5, 6, 7, 8, 9, 10, 1
ISO = [bytes([Y, 45, MO, 45, D, 84, H, 58, M, 58, S]), bytes([Y, 45, MO, 45, D, 32, H, 58, M, 58, S])]
SYSLOG = bytes([B, 32, PD, 32, H, 58, M, 58, S])
CLF = bytes([D, 47, B, 47, Y, 58, H, 58, M, 58, S])
CTIME = bytes([A, 32, B, 32, D, 32, H, 58, M, 58, S, 32, Y])
SLASHES = bytes([Y, 47, MO, 47, D, 32, H, 58, M, 58, S])
KLOG = bytes([MO, D, 32, H, 58, M, 58, S])
HEADER = b" \x02 \x03[\x04]: "

rng = random.Random(1)
WORDS = """order user cart payment stock item account token cache config session request worker scheduler queue event metrics gateway
proxy storage index search report mail backup sync import export handler manager service client node cluster volume image deploy
default main web api auth data event public internal update create delete read write load parse send fetch open close check""".split()


def word():
    w = rng.choice(WORDS)
    return rng.choice([w, w, w, w.title(), w + "-" + rng.choice(WORDS), w + "_" + rng.choice(WORDS)])


def digits(n): return "".join(rng.choice("0123456789") for _ in range(n))
def hexes(n): return "".join(rng.choice("0123456789abcdef") for _ in range(n))
def two(n): return f"{rng.randrange(n):02}"
def clock(): return two(24) + ":" + two(60) + ":" + two(60)
def day(): return f"20{rng.randrange(15, 32)}-{1 + rng.randrange(12):02}-{1 + rng.randrange(28):02}"
def month(): return rng.choice("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
def ctime(x): return rng.choice("Sun Mon Tue Wed Thu Fri Sat".split()) + f" {month()} {1 + rng.randrange(28):02} {clock()}{x} 20" + digits(2)
def host(): return word() + rng.choice(["", "-1", "-02", ".example.com", ".local", digits(1)])
def path(): return "".join("/" + word() for _ in range(rng.randrange(1, 5))) + rng.choice(["", "", ".html", ".log", "/" + digits(4)])


def value(name):
    plain = {
        "ip": lambda: ".".join(str(rng.randrange(256)) for _ in range(4)),
        "port": lambda: str(rng.choice([80, 443, 8080, 22, rng.randrange(1024, 65536), rng.randrange(1024, 65536)])),
        "n": lambda: digits(rng.randrange(1, 6)).lstrip("0") or "0", "d": lambda: digits(1), "pid": lambda: digits(rng.randrange(3, 6)),
        "f": lambda: digits(rng.randrange(1, 3)) + "." + digits(rng.randrange(1, 4)), "hex": lambda: hexes(rng.randrange(4, 12)),
        "uuid": lambda: "-".join(hexes(n) for n in (8, 4, 4, 4, 12)), "mac": lambda: ":".join(hexes(2) for _ in range(6)),
        "user": lambda: rng.choice(["root", "admin", "root", "test", "deploy", "postgres", "ubuntu", word()]),
        "host": host, "path": path, "word": word, "ctime": lambda: ctime(""), "ctimeus": lambda: ctime("." + digits(6)),
        "iso": lambda: day() + " " + clock(), "isoT": lambda: day() + "T" + clock(), "isocomma": lambda: day() + " " + clock() + "," + digits(3),
        "isoms": lambda: day() + "T" + clock() + "." + digits(3), "clf": lambda: f"{1 + rng.randrange(28):02}/{month()}/20{digits(2)}:{clock()}",
        "date": lambda: day().replace("-", "/") + " " + clock(), "klog": lambda: digits(4) + " " + clock() + "." + digits(6),
    }
    if name in plain:
        return plain[name]()
    if name.startswith("hex"):
        return hexes(int(name[3:]))
    return digits(int(name[1:]))


# What stands for a value in the content: nothing, or what such values begin with.
FIXED = {"isoms": "2026-01-01T00:00:00.000", "isoT": "2026-01-01T00:00:00", "iso": "2026-01-01 00:00:00", "isocomma": "2026-01-01 00:00:00,000"}


def phrases():
    return [line for line in (HERE / f"log-{NUMBER}.txt").read_text().splitlines() if not line.startswith("##")]


def fill(phrase, of): return re.sub(r"\{([a-z]+T?\d*)\}", lambda m: of(m[1]), phrase)


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def zigzag(n): return varint(n << 1 if n >= 0 else (-n << 1) - 1)
def text(s): return varint(len(s)) + (s if isinstance(s, bytes) else s.encode())
def fraction(mark, n): return bytes([ord(mark), 0x10 + n])


LEADS = [  # pattern, shape, has app and pid, unit of time
    (None, b"", False, 8), (CTIME, b"[\x01", False, 8), (KLOG + fraction(".", 6), b"", False, 2), (bytes([H, 58, M, 58, S]), b"\x01", False, 8),
    (SLASHES, b"\x01", False, 8), (ISO[0] + fraction(".", 9)[:1] + b"\x18", b"\x01", False, 0), (ISO[0], b"\x01", False, 8), (ISO[0] + fraction(".", 3), b"\x01", False, 5),
    (ISO[1], b"\x01", False, 8), (ISO[1] + fraction(".", 3), b"\x01", False, 5), (ISO[1] + fraction(",", 3), b"\x01", False, 5),
    (None, b"", False, 8), (None, b"", False, 5), (SYSLOG, b"\x01", False, 8), (ISO[0] + fraction(".", 6), b"\x01 \x02 \x03: ", True, 2),
    (SYSLOG, b"\x01 \x02 \x03: ", True, 8), (ISO[0] + fraction(".", 6), b"\x01+00:00" + HEADER, True, 2),
    (ISO[0] + fraction(".", 6), b"\x01Z" + HEADER, True, 2), (SYSLOG, b"\x01" + HEADER, True, 8),
]


def head(lead, name, apps):
    """Names, formats and streams, one for each app."""
    pattern, shape, named, _ = lead
    out = varint(1) + text(name) + varint(len(apps)) + b"".join(text(a) for a in apps)
    out += b"\x00" if pattern is None else b"\x01" + text(pattern) + b"\x00"
    out += varint(len(apps))
    for i in range(len(apps)):
        out += b"\x00\x00" + varint(i) + (varint(rng.randrange(300, 60000)) if named else b"\x00")
        out += (b"\x00\x00" if pattern is None else b"\x01" + text(shape))
    return out


def runs(values):
    out, i = b"", 0
    while i < len(values):
        n = 1
        while i + n < len(values) and values[i + n] == values[i]:
            n += 1
        out += varint(values[i]) + varint(n)
        i += n
    return out


def body(lines):
    lead = rng.choice(LEADS[:14] + LEADS[11:] * 2)
    count = rng.choice([1, 1, 1, 2, 2, 3, 5, 10, 10, 20])
    apps = [word().lower() for _ in range(min(count, rng.choice([1, 1, 1, 2, 3])))] if lead[2] else [rng.choice(["", "", word().lower()])]
    out = head(lead, host(), apps)
    if len(apps) > 1:
        out += bytes(list(range(len(apps))) + [rng.choice([0, 0, 1]) for _ in range(count - len(apps))])
    out += zigzag(rng.randrange(1 << rng.randrange(8, 32))) + b"\x01" + (b"\x00" + varint(count - 1) if count > 1 else b"")
    out += bytes([lead[3]]) + varint(rng.randrange(1_500_000_000, 1_900_000_000) * 10 ** (8 - lead[3]) + rng.randrange(10 ** (8 - lead[3])))
    step = rng.choice([0, 2, 100, 10_000])
    out += b"".join(zigzag(rng.randrange(step + 1) * rng.randrange(10 ** (8 - lead[3]) // 100 + 1)) for _ in range(count - 1))
    level = rng.choice([0, 7])
    out += b"\x00" + varint(count) + runs([rng.choice([level] * 5 + [4, 5]) for _ in range(count)]) + b"\x00"
    kinds = [rng.choice(lines) for _ in range(min(count, rng.choice([1, 2, 3])))]
    for i in range(count):
        line = fill(kinds[i] if i < len(kinds) else rng.choice(kinds), value)
        if lead[0] and not lead[2]:
            line = rng.choice([" ", " ", " - INFO - ", " INFO ", " [main] ", "Z ", "] "]) + line
        elif lead[2]:
            line = re.sub(r"^[\w-]+\[\d+\]: ", "", line)
        out += line.encode() + b"\n"
    return out


def finalize(content, samples):
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZDICT_finalizeDictionary.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(len(content) + 2048)
    sizes = (ctypes.c_size_t * len(samples))(*map(len, samples))

    class Parameters(ctypes.Structure):
        _fields_ = [("level", ctypes.c_int), ("notifications", ctypes.c_uint), ("id", ctypes.c_uint)]
    made = lib.ZDICT_finalizeDictionary(
        out, ctypes.c_size_t(len(out)), content, ctypes.c_size_t(len(content)), b"".join(samples), sizes, ctypes.c_uint(len(samples)),
        Parameters(LEVEL, 0, NUMBER))
    assert not lib.ZDICT_isError(ctypes.c_size_t(made)), "zstd takes no such content"
    return out.raw[:made]


def main():
    lines = phrases()
    content = "".join(re.sub(r"^[A-Za-z]+\[\{pid\}\]: ", "", fill(p, lambda m: "{pid}" if m == "pid" else FIXED.get(m, ""))) + "\n" for p in lines).encode()
    content += b"".join(head(lead, "", [""] if not lead[2] else []) for lead in LEADS)
    samples = [body(lines) for _ in range(4000)]
    made = finalize(content, samples)
    assert len(made) <= BYTES_MAX, f"{len(made)} bytes are more than {BYTES_MAX}"
    (HERE / f"log-{NUMBER}.zdict").write_bytes(made)
    print(len(made), "bytes, content", len(content), "of sha256", __import__("hashlib").sha256(made).hexdigest(), file=sys.stderr)


main()
