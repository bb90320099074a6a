using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Reads time, severity, application and process id from a line. Never changes or holds back a line: what cannot be read is
/// left open. Not thread-safe; allocates nothing per line.
/// </summary>
internal sealed class LineParser(ParseOptions options, NameCache names)
{
    /// <summary>Goes into frames; another version may read other times from the same bytes.</summary>
    public const byte Version = 1;

    private readonly TimeMemo times = new(new ZoneClock(options.Zone));
    private readonly SyslogMemo headers = new(names);
    private readonly ulong historyStart = LogTime.From(options.HistoryStart);
    private readonly ulong maxFuture = LogTime.FromTimeSpan(options.MaxFuture);

    /// <summary>Lines in which no time was found.</summary>
    public long TimesMissing { get; private set; }

    /// <summary>Lines whose time was too far in the future or before the start of history.</summary>
    public long TimesRefused { get; private set; }

    /// <summary>Reads a line; <paramref name="reference"/> is about when it was written (the file's last change).</summary>
    public LineFacts Read(ReadOnlySpan<byte> line, ulong reference, ulong now)
    {
        if (!times.TryFind(line, reference, out ulong time, out int at, out int end))
        {
            TimesMissing++;
            return new LineFacts { Severity = WithoutTime(line) };
        }
        if (time < historyStart || time > now + maxFuture)
        {
            TimesRefused++;
            time = 0;
        }
        ReadOnlySpan<byte> rest = line[end..];
        bool priority = SeverityFinder.TryPriority(line, out Severity severity);
        string? app = null;
        uint pid = 0;
        if (at <= 8 && IsSyslogTime(line, at, out bool isNew) && (isNew ? TryNewHeader(rest, out app, out pid, out int length) : headers.TryRead(rest, out app, out pid, out length)))
            rest = rest[length..];
        if (!priority)
            severity = at == 0 && TimeForms.IsKlogSeverity(line[0]) && LineScanner.IsDigit(line[1]) ? SeverityFinder.OfKlog(line[0]) : SeverityFinder.Find(rest);
        if (!priority && severity == Severity.Unknown && at > 3)
            severity = SeverityFinder.Find(line[..at]);
        return new LineFacts { Time = time, Severity = severity, App = app, Pid = pid };
    }

    private bool TryNewHeader(ReadOnlySpan<byte> rest, out string? app, out uint pid, out int length)
    {
        bool found = SyslogHeader.TryReadNew(rest, out ReadOnlySpan<byte> name, out pid, out length);
        app = found && !name.IsEmpty ? names.Get(name) : null;
        return found;
    }

    private static Severity WithoutTime(ReadOnlySpan<byte> line) =>
        SeverityFinder.TryPriority(line, out Severity severity) ? severity : SeverityFinder.Find(line);

    /// <summary>
    /// A syslog header follows only a time that starts the line (or its priority): <c>Nov 22 09:00:00</c>, or ISO 8601 with a T.
    /// </summary>
    private static bool IsSyslogTime(ReadOnlySpan<byte> line, int at, out bool isNew)
    {
        isNew = at >= 4 && line[at - 1] == ' ' && line[at - 2] == '1' && line[at - 3] == '>';
        if (at > 0 && line[at - 1] != '>' && !isNew)
            return false;
        return LineScanner.IsLetter(line[at]) ? !LineScanner.IsDigit(line[at + 1]) : line.Length > at + 10 && line[at + 10] == 'T';
    }
}
