using System.Text;

namespace Tailer.Stores.Tests;

/// <summary>
/// Lines on which a search that takes lines apart, into words, numbers and punctuation, could go wrong: values that share a prefix or a
/// suffix, values next to punctuation, numbers that no integer holds, signs, zeros in front, scripts, bytes that are no UTF-8.
/// </summary>
internal static class AwkwardLog
{
    private static readonly string[] Lines =
    [
        "count 1234", "count 12345", "count 123456", "count 1234567890123", "count 0012345", "count -12345", "count 12345.678", "count +12345",
        "count 12345 12345", "12345", "1234512345", "12345a", "a12345", "x=12345;y=1234", "12345%", "1,234,567 bytes", "1.5e-9 s", "1.5E-9 s", "1.5e-90 s",
        "big 18446744073709551615", "big 18446744073709551616", "big 18446744073709551614", "big 9999999999999999999999", "big 99999999999999999999990",
        "zeros 0", "zeros 00", "zeros 000", "zeros 00000000", "zeros 000000001", "minus - 1", "minus --1", "minus -0", "minus -", "7", "07", "a7", "7a", "7 7",
        "from 10.0.0.1 port 22", "from 10.0.0.10 port 22", "from 110.0.0.1 port 22", "from 10.0.0.1:8080", "from 010.0.0.1", "from 10.0.0.1.2", "from 192.168.1.254:443",
        "from fe80::1 port 80", "from fe80::10 port 80", "from ::1", "from 1::1", "mac 00:1b:44:11:3a:b7", "version 1.2.3-rc.4+build.5",
        "NEEDLE-7f3a9c2e41", "needle-7F3A9C2E41", "id 7f3a9c2e41", "id 7f3a9c2e41ff", "id ff7f3a9c2e41", "id 0x7f3a9c2e41", "0xdeadbeef", "0xDEADBEEF", "deadbeef", "deadbeef0", "dead beef",
        "550e8400-e29b-41d4-a716-446655440000", "{550e8400-e29b-41d4-a716-446655440000}", "550e8400-e29b-41d4-a716-446655440001", "550e8400e29b41d4a716446655440000",
        "block blk_-3886504906 of size 67108864", "block blk_3886504906 of size 67108864", "block blk_-38865049061 of size 6710886", "blk_", "blk_-",
        "user=alice id=42 took 17 ms", "user=alice id=421 took 17 ms", "user=alicea id=42 took 170 ms", "user=bob id=4 took 17ms", "user= id= took  ms", "took 17\u00a0ms", "took 1700ms", "took 999ms",
        "2026-11-22T09:00:00.123Z start", "2026-11-22T09:00:00.1234Z start", "2026-11-22T09:00:01.123+00:00 start", "2026-11-22 09:00:00,123 start", "x2026-11-22T09:00:00.123Z",
        "open /var/log/app.log", "open /var/log/app.log.1", "open /var/log/app.log.10", "open /var/log/application", "open C:\\temp\\app.log", "back\\slash", "GET /api/orders/17?x=%20y HTTP/1.1", "GET /api/orders/ HTTP/1.1",
        "{\"status\":503,\"ok\":false,\"who\":\"alice\",\"n\":null}", "{\"status\": 5034}", "say \"quoted\" and 'quoted'", "[error] a", "[error]a", "[]", "()", "a[0]=b[1]", "100%", "100 %", "a\tb", "a  b", "a b", "  indented", "\tindented", "trailing  ",
        "error: timeout", "errors: timeout", "error_code timeout", "error-code refused", "Error", "ERROR", "terror", "err", "warned: connection timeout", "Connection refused", "connection refused", "connection  refused", "Connection-refused", "disconnection", "CONNECTION",
        "session opened for user root by (uid=0)", "session opened for user  root", "session opened for user", "port 38926 ssh2", "port 3892 ssh2", "port 389261 ssh2",
        "\tat com.example.Order.submit(Order.java:117)", "    at com.example.Order.lambda$run$0(Order.java:42)", "Caused by: java.io.IOException: Connection reset",
        "straße", "Straße", "STRASSE", "große Straßen", "жук", "ЖУК", "жуки и жук", "水", "水位 12", "海水", "café", "CAFÉ", "cafe\u0301", "cafes", "naïve", "naïvely", "σας", "ΣΑΣ", "σασ", "😀", "😀😀 ok", "a😀b", "x\u200dy", "٣ ٤", "Ⅷ",
        "aaab", "aab", "ab", "a", "aa", "", " ", "\u00a0", "a,b;c|d", "a=b=c", "::::", "....", "----", "____", "_a_", "-a-", "end",
    ];

    /// <summary>Bytes that are no UTF-8, or only nearly: Latin-1, a cut character, an overlong one, a surrogate, NUL.</summary>
    private static readonly byte[][] Bytes =
    [
        [.. "caf"u8, 0xE9, .. " au lait after 12345"u8],
        [.. "cut "u8, 0xE6, 0xB0, .. " after"u8],
        [.. "cut at the end "u8, 0xF0, 0x9F, 0x98],
        [.. "overlong "u8, 0xC0, 0xAF, .. " after 12345"u8],
        [.. "surrogate "u8, 0xED, 0xA0, 0x80, .. " after"u8],
        [.. "nul "u8, 0, .. " after 10.0.0.1"u8],
        [0xFF, 0xFE, .. " after"u8],
        [.. "1234567"u8, 0xFF, .. "5 after"u8],
        [0xFF],
    ];

    /// <summary>The file; its last line has no end.</summary>
    public static byte[] File(string lineEnd)
    {
        var file = new List<byte>();
        byte[] end = Encoding.UTF8.GetBytes(lineEnd);
        // Twice, so that every template and every value occurs again; in between what is not text.
        foreach (byte[] line in (byte[][])[.. Lines.Select(Encoding.UTF8.GetBytes), .. Bytes, .. Lines.Reverse().Select(Encoding.UTF8.GetBytes)])
            file.AddRange([.. line, .. end]);
        return [.. file, .. "last line without an end 12345"u8];
    }
}
