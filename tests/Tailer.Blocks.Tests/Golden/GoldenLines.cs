using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tailer.Blocks.Tests.Golden;

/// <summary>The events of the codec 2 blocks <c>make.py</c> writes, as values.</summary>
internal static class GoldenLines
{
    private static readonly string[] Users = ["root", "ana", "backup-daemon", "li"];

    /// <summary>Lines of noise behind a time: nothing in them compresses.</summary>
    public static EventRow[] Noise { get; } = MakeNoise();

    /// <summary>Four kinds of lines of three sources in turn, with every coding of a column.</summary>
    public static EventRow[] Mixed { get; } = MakeMixed();

    private static EventRow[] MakeNoise()
    {
        var rows = new EventRow[70];
        ulong end = 700;
        for (int i = 0; i < rows.Length; i++)
        {
            ulong time = GoldenData.T0 + ((ulong)(7 * i) * LogTime.PerSecond) + (BinaryPrimitives.ReadUInt32LittleEndian(Shake($"time {i}", 4)) % LogTime.PerSecond);
            byte[] line = [.. Text($"{DateOf(time):yyyy-MM-dd'T'HH:mm:ss}.{time % LogTime.PerSecond:00000000} "), .. Shake($"line {i}", 70)];
            byte[] about = Shake($"flags {i}", 2);
            rows[i] = new EventRow(0, end, line, time, (EventFlags)about[0], (Severity)about[1], 300, "web-1", "app");
            end = rows[i].End;
        }
        return rows;
    }

    private static EventRow[] MakeMixed()
    {
        var rows = new EventRow[2400];
        ulong[] ends = [0, 5_000_000_000, 17];
        for (int i = 0; i < rows.Length; i++)
        {
            int n = i / 4;
            long ms = (1250L * i) + (i >= 400 ? 86_400_000 : 0) - (i % 10 == 9 ? 2000 : 0);
            ulong time = GoldenData.T0 + ((ulong)ms * 100_000);
            uint random = BinaryPrimitives.ReadUInt32LittleEndian(Shake($"value {i}", 4));
            EventRow row = (i % 4) switch
            {
                0 => new(0, ends[0], Accepted(n, time, random), time, 0, Severity.Notice, 4242, "web-1", "sshd"),
                1 => new(1, ends[1], Request(ms, time, random), time, 0, Severity.Info, 0, "db-1", ""),
                2 => new(1, ends[1], Part(n, random), time, EventFlags.Continues, n % 20 == 0 ? Severity.Error : Severity.Info, 0, "db-1", ""),
                _ => new(2, ends[2] + (n % 100 == 50 ? 100UL : 0), Text($"\u0001\u0005job: step {1 + (n % 5)} of 5\n"), time, EventFlags.Altered, 0, 9, "köln", "job"),
            };
            rows[i] = row;
            ends[row.Source] = row.End;
        }
        return rows;
    }

    private static byte[] Accepted(int n, ulong time, uint random)
    {
        string user = n % 50 == 49 ? "guest" + new string((char)('a' + (random % 10)), 1 + (n % 3)) : Users[random % 4];
        return Text($"<34>{DateOf(time):MMM dd HH:mm:ss} web-1 sshd[4242]: Accepted user={user} from 10.0.{n % 3}.{random % 251} port {90 + n} seq {n + 17:000000}\n");
    }

    private static byte[] Request(long ms, ulong time, uint random)
    {
        uint digits = random % (uint)Math.Pow(10, 1 + (random % 5));
        return Text($"{DateOf(time).AddHours(1):yyyy-MM-dd HH:mm:ss}.{ms % 1000:000} INFO request {random:x8} took {digits} ms code {random % 10_000:0000} size=large at 0x{random % (1 << 24):x6}\r\n");
    }

    private static byte[] Part(int n, uint random) =>
        [.. Text($$"""{"state":"{{(random % 2 == 0 ? "ready" : "failed")}}","part": "p-{{n % 7}}/x"}"""), 0, 1, 2, 3, 0xff, (byte)'\n'];

    private static DateTime DateOf(ulong time) => DateTime.UnixEpoch.AddSeconds(time / LogTime.PerSecond);

    private static byte[] Text(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private static byte[] Shake(string name, int bytes) => Shake128.HashData(Encoding.ASCII.GetBytes(name), bytes);
}
