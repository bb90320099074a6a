#!/usr/bin/env python3
"""Writes the golden files beside it, from the pages under docs/formats and from nothing else.

The C# code is tested against these bytes, so this is deliberately a second, plain reading of the pages. Run it by hand when
a format gets a new version; a golden file of a version that was released never changes.
"""
import ctypes
import hashlib
import pathlib
import struct
import time as clock

import codec2

HERE = pathlib.Path(__file__).parent
SECOND = 100_000_000
T0 = 1_773_273_600 * SECOND  # 2026-03-12T00:00:00Z


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def blake(data):
    return hashlib.blake2b(data, digest_size=16).digest()


def zstd(data):
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_compressBound.restype = lib.ZSTD_compress.restype = ctypes.c_size_t
    bound = lib.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(bound)
    n = lib.ZSTD_compress(out, ctypes.c_size_t(bound), data, ctypes.c_size_t(len(data)), 3)
    return out.raw[:n]


def u8(n): return struct.pack("<B", n)
def u16(n): return struct.pack("<H", n)
def u32(n): return struct.pack("<I", n)
def u64(n): return struct.pack("<Q", n)


def varint(n):
    out = b""
    while n >= 0x80:
        out += u8(n & 0x7F | 0x80)
        n >>= 7
    return out + u8(n)


def zigzag(n): return varint(n << 1 if n >= 0 else (-n << 1) - 1)
def raw(b): return varint(len(b)) + b
def text(s): return raw(s.encode())
def noise(name, n): return hashlib.shake_128(name.encode()).digest(n)


def runs(values, encode):
    out, i = b"", 0
    while i < len(values):
        n = 1
        while i + n < len(values) and values[i + n] == values[i]:
            n += 1
        out += encode(values[i]) + varint(n)
        i += n
    return out


def names(values):
    known = list(dict.fromkeys(values))
    return varint(len(known)) + b"".join(text(k) for k in known) + runs([known.index(v) for v in values], varint)


def source_id(kind, agent, device, inode, birth, incarnation, name):
    return blake(b"tailer source 1\0" + u8(kind) + text(agent) + u64(device) + u64(inode) + u64(birth) + u32(incarnation) + text(name))


def descriptor(id, path, kind=1, view=0, app="", device=0, inode=0, birth=0, incarnation=0, prefix=b"", predecessor=None, tags=(),
               cursor=b"", first=None, final=None):
    flags = (final is not None) | (predecessor is not None) << 1 | (first is not None) << 2
    return (u8(1) + u8(kind) + u8(flags) + u8(view) + id + text("agent-1") + text("web-1") + text(path) + text(app) + varint(device)
            + varint(inode) + u64(birth) + varint(incarnation) + varint(len(prefix)) + (blake(prefix)[:8] if prefix else u64(0))
            + (predecessor or b"") + varint(len(tags)) + b"".join(text(k) + text(v) for k, v in sorted(tags)) + raw(cursor)
            + (varint(first) if first is not None else b"") + (varint(final) if final is not None else b""))


def block(events, stored):
    """Events: (source, offset, bytes, time, flags, severity, pid, host, app)."""
    columns, end, last = runs([e[0] for e in events], varint), {}, 0
    for e in events:
        columns += zigzag(e[1] - end.get(e[0], 0))
        end[e[0]] = e[1] + len(e[2])
    columns += b"".join(varint(len(e[2])) for e in events)
    for e in events:
        columns += zigzag(e[3] - last)
        last = e[3]
    columns += runs([e[4] for e in events], u8) + runs([e[5] for e in events], u8) + runs([e[6] for e in events], varint)
    columns += names([e[7] for e in events]) + names([e[8] for e in events])
    lines = b"".join(e[2] for e in events)
    body = columns + lines
    return (u8(1) + u8(1 if stored else 0) + varint(len(events)) + varint(len(columns)) + varint(len(lines)) + u32(crc32c(lines))
            + (body if stored else zstd(body)))


def frame(ranges, events, payload):
    fixed = (u8(1) + u8(1) + u8(0) + u8(1) + bytes(range(16)) + u64(7) + u64(T0 + 61 * SECOND) + u64(min(e[3] for e in events))
             + u64(max(e[3] for e in events)) + u32(len(events)) + u32(sum(len(e[2]) for e in events)) + u16(60) + u8(1 | 1 << 1) + u8(2)
             + u16(len(ranges)) + u16(len(b"agent-1")) + b"agent-1" + b"".join(ranges))
    header_bytes = 12 + len(fixed) + 4
    header = b"TLF1" + u32(header_bytes + len(payload) + 4) + u32(header_bytes) + fixed
    return header + u32(crc32c(header)) + payload + u32(crc32c(payload))


def record(kind, flags, body, id=None):
    header = b"TLR1" + u32(len(body)) + u8(kind) + u8(flags) + u16(0) + (id or blake(body))
    return header + u32(crc32c(header)) + body


def manifest(packets, sources, previous):
    rest = (u8(1) + u8(1 | 4) + u16(60) + bytes(range(16)) + u64(3) + u64(T0 + 125 * SECOND) + u64(T0) + u64(T0 + 120 * SECOND) + previous
            + text("agent-1") + text("web-1") + varint(len(packets)) + b"".join(sorted(packets)) + varint(len(sources)) + b"".join(sources))
    head = b"TLM1" + u32(8 + len(rest) + 4) + rest
    return head + u32(crc32c(head))


def section(tag, content): return varint(tag) + raw(content)


def write(name, data):
    text = data.hex()
    (HERE / name).write_text("".join(text[i:i + 64] + "\n" for i in range(0, len(text), 64)))


ID_A = source_id(1, "agent-1", 2049, 131, 1_760_000_000_000_000_001, 0, "")
ID_B = source_id(4, "agent-1", 0, 0, 0, 2, "jobs/nightly-7")
DESCRIPTOR_A = descriptor(ID_A, "/var/log/app.log", device=2049, inode=131, birth=1_760_000_000_000_000_001, prefix=b"first line\n")
DESCRIPTOR_B = descriptor(ID_B, "jobs/nightly-7", kind=4, view=255, app="nightly", incarnation=2, predecessor=ID_A,
                          tags=[("zone", "eu"), ("team", "köln")], cursor=b"\0\xffcursor", first=300, final=70_000)
EVENTS = [
    (0, 1000, noise("one", 60) + b"\n", T0 + 5, 0, 7, 300, "web-1", "app"),
    (0, 1061, noise("two", 70) + b"\r\n", T0 + 9, 1, 7, 300, "web-1", "app"),
    (1, 300, noise("three", 50), T0 + 3 * SECOND, 2 | 4, 4, 0, "db-1", ""),
    (0, 2000, noise("four", 40) + b"\n", T0 - 1, 8, 0, 4_294_967_295, "web-1", "app"),
]
PLAIN = [(0, 10 * i, b"line %04d\n" % i, T0 + i, 0, 7, 1, "web-1", "app") for i in range(50)]


def stored_events():
    """Lines of noise behind a time: nothing in them compresses."""
    out, end = [], 700
    for i in range(70):
        time = T0 + 7 * i * SECOND + int.from_bytes(noise("time %d" % i, 4), "little") % SECOND
        line = clock.strftime("%Y-%m-%dT%H:%M:%S", clock.gmtime(time // SECOND)).encode() + b".%08d " % (time % SECOND) + noise("line %d" % i, 70)
        flags, severity = noise("flags %d" % i, 2)
        out.append((0, end, line, time, flags, severity, 300, "web-1", "app"))
        end += len(line)
    return out


def mixed_events():
    """Four kinds of lines of three sources in turn, with every coding of a column; docs/formats/block.md."""
    out, ends = [], {0: 0, 1: 5_000_000_000, 2: 17}
    users = ["root", "ana", "backup-daemon", "li"]
    for i in range(2400):
        n, kind = i // 4, i % 4
        ms = 1250 * i + (86_400_000 if i >= 400 else 0) - (2000 if i % 10 == 9 else 0)
        time = T0 + ms * 100_000
        random = int.from_bytes(noise("value %d" % i, 4), "little")
        utc, local = clock.gmtime(time // SECOND), clock.gmtime(time // SECOND + 3600)
        if kind == 0:
            user = "guest" + "abcdefghij"[random % 10] * (1 + n % 3) if n % 50 == 49 else users[random % 4]
            line = ("<34>" + clock.strftime("%b %d %H:%M:%S", utc) + " web-1 sshd[4242]: Accepted user=%s from 10.0.%d.%d port %d seq %06d\n"
                    % (user, n % 3, random % 251, 90 + n, n + 17)).encode()
            event = (0, ends[0], line, time, 0, 6, 4242, "web-1", "sshd")
        elif kind == 1:
            line = (clock.strftime("%Y-%m-%d %H:%M:%S", local) + ".%03d INFO request %08x took %d ms code %04d size=large at 0x%06x\r\n"
                    % (ms % 1000, random, random % (10 ** (1 + random % 5)), random % 10_000, random % 2**24)).encode()
            event = (1, ends[1], line, time, 0, 7, 0, "db-1", "")
        elif kind == 2:
            line = b'{"state":"%s","part": "p-%d/x"}\0\1\2\3\xff\n' % ([b"ready", b"failed"][random % 2], n % 7)
            event = (1, ends[1], line, time, 1, 4 if n % 20 == 0 else 7, 0, "db-1", "")
        else:
            line = b"\1\5job: step %d of 5\n" % (1 + n % 5)
            event = (2, ends[2] + (100 if n % 100 == 50 else 0), line, time, 8, 0, 9, "k\u00f6ln", "job")
        out.append(event)
        ends[event[0]] = event[1] + len(line)
    return out


def source_range(id, mine, flags, about=None):
    start, end = mine[0][1], max(e[1] + len(e[2]) for e in mine)
    return id + varint(start) + varint(end - start) + varint(len(mine)) + u8(flags) + (raw(about) if about else b"")


def main():
    write("descriptor-file.hex", DESCRIPTOR_A)
    write("descriptor-stream.hex", DESCRIPTOR_B)
    stored = block(EVENTS, True)
    write("block-stored.hex", stored)
    write("block-zstd.hex", block(PLAIN, False))
    write("block2-stored.hex", codec2.block(stored_events(), zstd, crc32c))
    write("block2-zstd.hex", codec2.block(mixed_events(), zstd, crc32c))
    ranges = [source_range(ID_A, [e for e in EVENTS if e[0] == 0], 2 | 4, DESCRIPTOR_A), source_range(ID_B, [EVENTS[2]], 1)]
    packet = frame(ranges, EVENTS, stored)
    write("frame-stored.hex", packet)
    write("frame-zstd.hex", frame([source_range(ID_A, PLAIN, 0)], PLAIN, block(PLAIN, False)))

    entries = [(ID_A, ID_A + varint(1000) + varint(1041) + varint(3) + varint(2) + varint(1133) + varint(867) + u8(3) + varint(0)
                + varint(1000) + u8(1) + raw(DESCRIPTOR_A)),
               (ID_B, ID_B + varint(300) + varint(50) + varint(1) + varint(0) + raw(DESCRIPTOR_B))]
    statement = manifest([blake(packet), bytes(16)], [e for _, e in sorted(entries)], bytes(range(100, 116)))
    write("manifest.hex", statement)
    write("bucket.hex", record(1, 0, packet) + record(2, 1, statement) + record(1, 0, b"", bytes(range(50, 66))))

    # The segment's sources ascend by id, and its order is that of the running maximum of time.
    order = sorted([(ID_A, DESCRIPTOR_A), (ID_B, DESCRIPTOR_B)])
    index = {0: [o[0] for o in order].index(ID_A), 1: [o[0] for o in order].index(ID_B)}
    events = sorted(EVENTS, key=lambda e: (max(f[3] for f in EVENTS if f[0] == e[0] and f[1] <= e[1]), order[index[e[0]]][0], e[1]))
    events = [(index[e[0]],) + e[1:] for e in events]
    sealed = block(events, True)
    canonical = b"".join(order[e[0]][0] + u64(e[1]) + u32(len(e[2])) + u64(e[3]) + u8(e[4]) + u8(e[5]) + u32(e[6]) + text(e[7]) + text(e[8])
                         + e[2] for e in events)
    coverage = {ID_A: [(1000, 1133), (2000, 2041)], ID_B: [(300, 350)]}
    sources = varint(2)
    for id, about in order:
        sources += id + varint(sum(1 for e in events if order[e[0]][0] == id)) + raw(about) + varint(len(coverage[id]))
        end = 0
        for a, b in coverage[id]:
            sources += varint(a - end) + varint(b - a)
            end = b
    low, high = min(e[3] for e in events), max(e[3] for e in events)
    size = sum(len(e[2]) for e in events)
    footer = (section(1, text("prod") + u64(T0) + u64(3600 * SECOND) + u8(1) + u8(1) + varint(len(events)) + varint(size) + u64(low) + u64(high)
                      + blake(canonical) + varint(5))
              + section(2, sources)
              + section(3, varint(1) + varint(8) + varint(len(sealed)) + varint(len(events)) + varint(size) + u64(low) + u64(high))
              + section(4, varint(2) + b"".join(sorted([blake(packet), bytes(16)])))
              + section(5, varint(1) + raw(statement))
              + section(6, varint(2) + ID_A + varint(0) + varint(1000) + u8(1) + ID_B + varint(350) + varint(69650) + u8(0))
              + section(7, varint(1) + text("agent-9") + u64(T0 - 7)))
    write("footer.hex", footer)
    unknown = footer + section(200, b"of a later version")
    packed = zstd(unknown)
    trailer = u64(8 + len(sealed)) + u32(len(packed)) + u32(len(unknown)) + u32(crc32c(packed)) + u8(1) + bytes(7)
    write("segment.hex", b"TLSEG1\0\0" + sealed + packed + trailer + u32(crc32c(trailer)) + b"TLSEGEND")

    (HERE / "names.txt").write_text("\n".join([
        "bucket 60 s: 20260312/0001.b",
        "bucket 10 s: 20260312/000110.b",
        "span 1 h: prod/20260312/13",
        "span 90 s: prod/20260312/130130",
        "segment: 20260312T000000Z-20260312T000004Z-" + blake(canonical).hex() + ".seg",
        "strays: 20260312T000000Z-20260312T000003Z-" + blake(canonical).hex() + ".strays.seg",
    ]) + "\n")


main()
