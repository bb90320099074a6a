using System.Globalization;
using System.Text;
using FsCheck.Fluent;
using Tailer.Blocks;

namespace Tailer.Queries.Tests.Scan;

/// <summary>
/// Lines as logs have them, over and over with other numbers, ids and names, among them every awkward piece of
/// <see cref="Generators"/>; and queries cut out of such lines.
/// </summary>
internal sealed class RandomLines(Random random)
{
    private static readonly string[] Apps = ["", "a", "sshd", "b-a"];
    private static readonly string[] Beginnings = ["took ", "id=", "user=root ", "0x", "session opened for user ", "{\"k\":\"", "port"];
    private static readonly string[] Hosts = ["a", "Ab", "web-1", "aab"];

    // Few of each, so that templates repeat and have columns.
    private readonly byte[][] bodies = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Generators.Line.Sample(1, 10).First())];
    private readonly string[] beginnings = [.. random.GetItems(Beginnings, 2)];
    private readonly string separator = random.Next(2) == 0 ? "T" : " ";
    private readonly int fraction = random.Next(4) * 3;
    // A column of a counter alone is stored as differences.
    private readonly bool countsOnly = random.Next(3) == 0;
    private long counter = random.Next(1_000_000);
    private ulong time = 1_773_273_600UL * LogTime.PerSecond;

    public SourceView SecondView { get; } = random.Next(3) switch { 0 => SourceView.Cri, 1 => SourceView.DockerJson, _ => SourceView.Utf8 };

    /// <summary>Adds one line and gives where it ends.</summary>
    public ulong AddTo(SegmentWriter writer, int source, ulong offset)
    {
        time += (ulong)random.Next(0, 40) * LogTime.PerSecond / 8;
        // Columns go stream by stream, so a counter needs one stream to go up in its column.
        (string host, string app, uint pid) = countsOnly ? (Hosts[0], Apps[1], 1u) : (Pick(Hosts), Pick(Apps), (uint)random.Next(0, 3));
        byte[] line = Line(host, app, pid);
        writer.Add(new Event { Source = source, Offset = offset, Bytes = line, Time = time, Host = host, App = app, Pid = pid, Severity = countsOnly ? Severity.Info : (Severity)random.Next(0, 10) });
        return offset + (ulong)line.Length;
    }

    /// <summary>A query for a piece of a line, in one of the ways to write one.</summary>
    public string QueryFor(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line);
        int start = random.Next(text.Length + 1), length = Math.Min(random.Next(1, 14), text.Length - start);
        string piece = text.Substring(start, length);
        string quoted = $"\"{piece.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        string[] terms = [.. System.Text.RegularExpressions.Regex.Matches(text, "[0-9A-Za-z]{3,}").Select(match => match.Value)];
        if (terms.Length > 0 && random.Next(3) == 0)
            return Pick(terms);
        return random.Next(6) switch
        {
            0 => quoted,
            1 => $"{quoted}~",
            2 => $"{quoted}~i",
            3 => $"/{System.Text.RegularExpressions.Regex.Escape(piece).Replace("/", "\\/", StringComparison.Ordinal)}[a-z0-9]?/",
            4 => $"-{quoted}~ level:<=error",
            _ => string.Join(' ', piece.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2)),
        };
    }

    private byte[] Line(string host, string app, uint pid)
    {
        var text = new StringBuilder();
        DateTime date = DateTime.UnixEpoch.AddTicks((long)(time / 10));
        if (random.Next(8) > 0)
            text.Append(date.ToString($"yyyy-MM-dd'{separator}'HH:mm:ss{(fraction == 0 ? "" : "." + new string('f', Math.Min(fraction, 7)))}", CultureInfo.InvariantCulture));
        if (app.Length > 0 && random.Next(8) > 0)
            text.Append(CultureInfo.InvariantCulture, $"Z {host} {app}[{pid}]: ");
        else
            text.Append(Pick(["", " ", "Z ", ",", "x"]));
        text.Append(Pick(beginnings));
        text.Append(countsOnly ? (counter += random.Next(1, 4)).ToString(CultureInfo.InvariantCulture) : Pick([(counter += 3).ToString(CultureInfo.InvariantCulture), random.Next(100).ToString(CultureInfo.InvariantCulture), random.NextInt64().ToString(CultureInfo.InvariantCulture), random.NextInt64().ToString("x16", CultureInfo.InvariantCulture), $"{random.Next(256)}.{random.Next(256)}.0.1", "007", "dead"]));
        byte[] body = bodies[random.Next(bodies.Length)];
        return [.. Encoding.UTF8.GetBytes(text.ToString()), .. body, .. Pick(["\n", "\n", "\n", "\r\n", ""]).Select(c => (byte)c)];
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
