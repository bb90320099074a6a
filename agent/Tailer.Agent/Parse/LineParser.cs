using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// Reads time, severity, host, application and process id from a line. Never changes or holds back a line: what cannot be read is
/// left open, and counted. Not thread-safe; allocates nothing per line.
/// </summary>
/// <param name="options">How times and hosts are read.</param>
/// <param name="names">Of applications.</param>
/// <param name="hosts">Of hosts that lines may claim.</param>
/// <param name="counts">Told what could not be read.</param>
internal sealed class LineParser(ParseOptions options, NameCache names, NameCache hosts, ParseCounts counts)
{
    /// <summary>Goes into frames; another version may read other times from the same bytes.</summary>
    public const byte Version = 1;

    private readonly ZoneClock zone = new(options.Zone);
    private readonly TimeMemo times = new();
    private readonly SyslogMemo headers = new(names, options.HostFromLine ? hosts : null);
    private readonly ulong historyStart = LogTime.From(options.HistoryStart);
    private readonly ulong maxFuture = LogTime.FromTimeSpan(options.MaxFuture);
    private readonly LineView view = new();
    private static readonly SyslogFacts NoHeader;

    /// <summary>
    /// Reads a line as its source's view says; <paramref name="reference"/> is about when it was written (the file's last change),
    /// <paramref name="before"/> the time of the source's line before, 0 if there is none. Of container logs the time is the runtime's,
    /// everything else the content's.
    /// </summary>
    public LineFacts Read(SourceView of, ReadOnlySpan<byte> line, ulong reference, ulong now, ulong before = 0)
    {
        if (of == SourceView.Opaque)
            return default;
        zone.Before = before;
        ReadOnlySpan<byte> text = of == SourceView.Utf8 ? line : view.Read(of, line);
        ref readonly SyslogFacts header = ref ReadText(text, reference, out ulong time, out Severity severity, out bool isImpossible);
        if (of is SourceView.DockerJson or SourceView.Cri && TryWrapperTime(of, line, text, reference, out ulong stamp))
            time = stamp;
        return new LineFacts { Time = Believed(time, isImpossible, now), Severity = severity, Host = header.Host, App = header.App, Pid = header.Pid };
    }

    /// <summary>The time, or 0 when there is none that can be believed.</summary>
    private ulong Believed(ulong time, bool isImpossible, ulong now)
    {
        if (time >= historyStart && time <= now + maxFuture)
            return time;
        if (time > now)
            counts.AddInFuture();
        else if (time != 0)
            counts.AddBeforeHistory();
        else if (isImpossible)
            counts.AddImpossible();
        else
            counts.AddMissing();
        return 0;
    }

    /// <summary>Docker's JSON ends with its time, a CRI line begins with it.</summary>
    private bool TryWrapperTime(SourceView of, ReadOnlySpan<byte> line, ReadOnlySpan<byte> content, ulong reference, out ulong time)
    {
        time = 0;
        if (of == SourceView.Cri)
            return content.Length < line.Length - 8 && TimeFinder.TryFind(line[..Math.Min(line.Length, 48)], reference, zone, out time, out int at, out _) && at == 0;
        ReadOnlySpan<byte> key = "\"time\":\""u8;
        int found = line.LastIndexOf(key);
        return found >= 0 && TimeFinder.TryFind(line[(found + key.Length)..], reference, zone, out time, out _, out _);
    }

    /// <summary>Gives what the header says, which says nothing where there is none.</summary>
    private ref readonly SyslogFacts ReadText(ReadOnlySpan<byte> line, ulong reference, out ulong time, out Severity severity, out bool isImpossible)
    {
        ref readonly SyslogFacts header = ref NoHeader;
        if (!times.TryFind(line, reference, zone, out time, out int at, out int end, out isImpossible))
        {
            severity = WithoutTime(line);
            return ref header;
        }
        ReadOnlySpan<byte> rest = line[end..];
        bool priority = SeverityFinder.TryPriority(line, out severity);
        if (at <= 8 && IsSyslogTime(line, at, out bool isNew))
        {
            header = ref isNew ? ref headers.ReadNew(rest, out int length) : ref headers.Read(rest, out length);
            if (header.IsHostRefused)
                counts.AddHostRefused();
            rest = rest[length..];
        }
        if (!priority)
            severity = at == 0 && TimeForms.IsKlogSeverity(line[0]) && LineScanner.IsDigit(line[1]) ? SeverityFinder.OfKlog(line[0]) : SeverityFinder.Find(rest);
        if (!priority && severity == Severity.Unknown && at > 3)
            severity = SeverityFinder.Find(line[..at]);
        return ref header;
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
