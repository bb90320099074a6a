using System.Buffers.Text;
using Tailer.Blocks;

namespace Tailer.Bench;

/// <summary>
/// Reads a log file as an agent would: each line with its line end, its time, host, application, pid and severity. Never measured;
/// so it is simple: a severity is a level's name in capitals near the begin of a line.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="host">Host of lines that name none; null to look for <c>host app[pid]: </c> after the time of each line.</param>
internal sealed class LogLines(string path, string? host)
{
    private const int BatchBytes = 32 * 1024 * 1024;
    private const int HeadBytes = 160;
    private const int NamesMax = 10_000;

    private readonly StampReader stamps = new();
    private readonly Dictionary<int, string> names = [];

    public string Path => path;

    /// <summary>The file from its begin, in batches of which one at a time is valid.</summary>
    public IEnumerable<LineBatch> Batches()
    {
        using FileStream file = File.OpenRead(path);
        var batch = new LineBatch { Bytes = new byte[BatchBytes] };
        int kept = 0;
        ulong offset = 0;
        while (true)
        {
            int filled = kept + file.ReadAtLeast(batch.Bytes.AsSpan(kept), batch.Bytes.Length - kept, throwOnEndOfStream: false);
            bool isLast = filled < batch.Bytes.Length;
            int used = Cut(batch, filled, offset, isLast);
            if (batch.Lines.Count > 0)
                yield return batch;
            if (isLast)
                yield break;
            kept = filled - used;
            batch.Bytes.AsSpan(used, kept).CopyTo(batch.Bytes);
            offset += (ulong)used;
        }
    }

    /// <summary>Lines of the first bytes; what is too long for an event is cut, as an agent does. Returns where the next batch begins.</summary>
    private int Cut(LineBatch batch, int filled, ulong offset, bool isLast)
    {
        batch.Lines.Clear();
        int start = 0;
        while (start < filled)
        {
            ReadOnlySpan<byte> rest = batch.Bytes.AsSpan(start, filled - start);
            int end = rest.IndexOf((byte)'\n') + 1;
            if (end == 0 && !isLast && rest.Length < Limits.EventBytesMax)
                break;
            int length = Math.Min(end == 0 ? rest.Length : end, Limits.EventBytesMax);
            batch.Lines.Add(Parse(rest[..length], start, offset + (ulong)start));
            start += length;
        }
        return start;
    }

    private ParsedLine Parse(ReadOnlySpan<byte> line, int start, ulong offset)
    {
        ReadOnlySpan<byte> head = line[..Math.Min(line.Length, HeadBytes)];
        ulong time = stamps.Read(head, out int stampBytes);
        Severity severity = SeverityOf(head);
        if (host is null && stampBytes < head.Length && TryReadHeader(head[(stampBytes + 1)..], out Range named, out Range app, out uint pid))
            return new ParsedLine(start, line.Length, offset, time, Name(head[(stampBytes + 1)..][named]), Name(head[(stampBytes + 1)..][app]), pid, severity);
        return new ParsedLine(start, line.Length, offset, time, host ?? "central", "", 0, severity);
    }

    /// <summary>RFC 3164's <c>host app[pid]: </c>.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> text, out Range host, out Range app, out uint pid)
    {
        (host, app, pid) = (default, default, 0);
        int blank = text.IndexOf((byte)' ');
        int open = text.IndexOf((byte)'[');
        if (blank <= 0 || open <= blank + 1 || text[(blank + 1)..open].Contains((byte)' ')
            || !Utf8Parser.TryParse(text[(open + 1)..], out pid, out int digits) || !text[(open + 1 + digits)..].StartsWith("]: "u8))
            return false;
        (host, app) = (0..blank, (blank + 1)..open);
        return true;
    }

    private static Severity SeverityOf(ReadOnlySpan<byte> head)
    {
        if (head.IndexOf("INFO"u8) >= 0)
            return Severity.Info;
        if (head.IndexOf("WARN"u8) >= 0)
            return Severity.Warning;
        if (head.IndexOf("ERROR"u8) >= 0 || head.IndexOf("[error]"u8) >= 0)
            return Severity.Error;
        if (head.IndexOf("[notice]"u8) >= 0)
            return Severity.Notice;
        return head.IndexOf("DEBUG"u8) >= 0 ? Severity.Debug : Severity.Unknown;
    }

    /// <summary>One string for each name, found again by its hash.</summary>
    private string Name(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        int key = hash.ToHashCode();
        if (names.TryGetValue(key, out string? name) && System.Text.Encoding.UTF8.GetByteCount(name) == utf8.Length && System.Text.Ascii.Equals(utf8, name))
            return name;
        if (names.Count == NamesMax)
            names.Clear();
        return names[key] = System.Text.Encoding.UTF8.GetString(utf8);
    }
}
