using System.Globalization;
using System.Text;
using Tailer.Testing;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>
/// Events as hard for templates and columns as we can think of, from a seed: what looks like a variable and is not, values at
/// every limit, times that are nearly what a line says, sources and names in any mix.
/// </summary>
internal sealed class AwkwardLines(Random random)
{
    private static readonly string[] TimeForms =
    [
        "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "MMM ~ HH:mm:ss", "dd/MMM/yyyy:HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "ddd MMM dd HH:mm:ss yyyy",
        "ddd MMM ~ HH:mm:ss yyyy", "yyyyMMdd-HH:mm:ss", "yyMMdd HHmmss", "MMdd HH:mm:ss", "MM.dd HH:mm:ss", "HH:mm:ss",
    ];

    public const int PaddedDayForm = 6, ShortYearForm = 8, ClockForm = 11;

    private static readonly DateTime[] Moments =
    [
        new(2026, 3, 12), new(2024, 2, 28, 23, 59, 50), new(2025, 12, 31, 23, 59, 40), new(2000, 2, 29, 12, 0, 0), new(1970, 1, 1), new(1999, 12, 31, 23, 59, 59),
        new(2038, 1, 19, 3, 14, 0), new(9999, 12, 31, 23, 0, 0), new(2100, 2, 28, 23, 59, 58), new(2026, 7, 4),
    ];

    private readonly LogGenerator generator = new(random.Next());

    /// <summary>All ways to write a time, <c>~</c> for a day padded by a space; the last is seconds since 1970.</summary>
    public static int TimeFormCount => TimeForms.Length + 1;

    public EventRow[] Rows(int count)
    {
        int sources = random.Next(1, 5), names = random.Next(8) == 0 ? 3000 : random.Next(1, 5);
        int[] kinds = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(14))];
        int form = random.Next(TimeFormCount), zone = random.Next(3) == 0 ? random.Next(-56, 57) * 900 : 0, fraction = random.Next(2) == 0 ? 0 : random.Next(1, 9);
        var ends = new ulong[sources];
        ulong time = TimeOf(Moments[random.Next(Moments.Length)]);
        var rows = new EventRow[count];
        for (int i = 0; i < count; i++)
        {
            int source = random.Next(sources), name = random.Next(names);
            time = Next(time);
            (string host, string app, uint pid) = (name % 4 == 3 ? "" : $"host-{name}", name % 5 == 4 ? "" : $"app{name % 7}", (uint)(name % 3 == 0 ? 0 : name * 1_000_003));
            byte[] line = Line(kinds[random.Next(kinds.Length)], time, form, zone, fraction, host, app, pid);
            ulong offset = ends[source] + (random.Next(20) == 0 ? (ulong)random.NextInt64(1L << random.Next(1, 50)) : 0);
            rows[i] = new EventRow(
                source, offset, line, random.Next(40) == 0 ? time + 1 : time, (EventFlags)(random.Next(10) == 0 ? random.Next(256) : 0),
                (Severity)(random.Next(10) == 0 ? random.Next(256) : 6), pid, host, app);
            ends[source] = rows[i].End;
        }
        return rows;
    }

    /// <summary>The time as a clock so far from UTC writes it.</summary>
    public static string Written(ulong time, int form, int zoneSeconds, int fractionDigits, char mark)
    {
        ulong whole = time / LogTime.PerSecond;
        long seconds = Math.Clamp((long)Math.Min(whole, 300_000_000_000) + zoneSeconds, 0, 253_402_300_799);
        DateTime clock = DateTime.UnixEpoch.AddSeconds(seconds);
        string text = form == TimeForms.Length
            ? seconds.ToString("0000000000", CultureInfo.InvariantCulture)
            : clock.ToString(TimeForms[form].Replace("T", "'T'", StringComparison.Ordinal).Replace("/", "'/'", StringComparison.Ordinal), CultureInfo.InvariantCulture)
                .Replace("~", clock.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2), StringComparison.Ordinal);
        string digits = (time % LogTime.PerSecond).ToString("00000000", CultureInfo.InvariantCulture);
        return fractionDigits == 0 ? text : text + mark + digits[..fractionDigits];
    }

    public static ulong TimeOf(DateTime utc) => (ulong)(utc - DateTime.UnixEpoch).TotalSeconds * LogTime.PerSecond;

    private ulong Next(ulong time) => random.Next(30) switch
    {
        0 => time - Math.Min(time, (ulong)random.NextInt64(1L << 40)),
        1 => time + (ulong)random.NextInt64(1L << 45),
        2 => random.Next(10) == 0 ? (random.Next(2) == 0 ? 0 : ulong.MaxValue) : time,
        < 10 => time,
        < 20 => time + (LogTime.PerSecond * (ulong)random.Next(5)),
        _ => time + (ulong)random.Next(200_000_000),
    };

    private byte[] Line(int kind, ulong time, int form, int zone, int fraction, string host, string app, uint pid)
    {
        byte[] line = kind switch
        {
            0 => Bytes(random.Next(80), 0, 256),
            1 => Bytes(random.Next(20), 0, 6),
            2 => [],
            3 => Text(Digits(random.Next(1, random.Next(10) == 0 ? 400 : 25))),
            4 => Text(string.Join(' ', Enumerable.Range(0, random.Next(245, 260)).Select(_ => Digits(random.Next(1, 4))))),
            5 => Text("long " + Of(random.Next(250, 260), "abcdef0123") + " " + Of(random.Next(250, 260), "0123456789") + " x=" + Of(random.Next(250, 260), "abcxyz_-./@")),
            6 => Text($"id {Digits(random.Next(17, 24))} of {Digits(19)}, {random.Next(1000):000000} {(random.Next(2) == 0 ? "0" : "00")}"),
            7 => Text($"at 0x{random.Next():x} 0X{random.Next(16):X} 0x 0xz{random.Next(3)} {Guid(random)} {random.Next():x8} a1b2c3d4e5 h{random.Next(9)} {random.Next(9)}h"),
            8 => Text($"user={Of(random.Next(1, 6), "abc")} n={random.Next(100)} path=/a/b-{random.Next(3)}.c empty= q=\"x\" at=@ e=mail@x.y t=a=b=c"),
            9 => Text($$"""{"a":"{{Of(random.Next(1, 4), "xy")}}","b": "z{{random.Next(5)}}","n":{{random.Next(1 << random.Next(1, 30))}},"":"",":":"q","c":  "no"}"""),
            10 => Text(Lead(time, form, zone, fraction, host, app, pid) + $"step {random.Next(10)} done"),
            11 => Text(Lead(time, random.Next(TimeFormCount), random.Next(-3, 4) * 450, random.Next(9), host, app, pid) + Of(random.Next(9), "ab1 ")),
            12 => Encoding.UTF8.GetBytes(generator.Next().Text),
            _ => Mutated(Encoding.UTF8.GetBytes(generator.Next().Text)),
        };
        if (random.Next(3000) == 0)
            line = [.. Enumerable.Repeat(line.Length == 0 ? "x7 "u8.ToArray() : line, 65_536).SelectMany(l => l).Take(65_535)];
        return random.Next(10) switch { 0 => line, 1 => [.. line, (byte)'\r', (byte)'\n'], _ => [.. line, (byte)'\n'] };
    }

    private string Lead(ulong time, int form, int zone, int fraction, string host, string app, uint pid)
    {
        string written = Written(time, form, zone, fraction, ".,:"[random.Next(3)]);
        return random.Next(5) switch
        {
            0 => $"[{written}] ",
            1 => $"<34>{written} {host} {app}[{pid}]: ",
            2 => $"<165>1 {written}Z {host} {app} {pid} - - ",
            3 => $"{written} {host} {app}: ",
            _ => written + " ",
        };
    }

    private byte[] Mutated(byte[] line)
    {
        if (line.Length > 0)
            line[random.Next(line.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "0=\"[]<>:."[random.Next(9)]);
        return line[random.Next(2)..];
    }

    private static string Guid(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }

    private string Digits(int count) => Of(count, random.Next(3) == 0 ? "01" : "0123456789");

    private string Of(int count, string letters) => string.Create(count, (random, letters), static (to, state) =>
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = state.letters[state.random.Next(state.letters.Length)];
    });

    private byte[] Bytes(int count, int from, int to) => [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(from, to))];

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
