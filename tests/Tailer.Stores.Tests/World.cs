using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;

namespace Tailer.Stores.Tests;

/// <summary>Random events of a few sources, as a model to compare stores with, and as real segments.</summary>
internal sealed class World
{
    public const ulong Start = 1_700_000_400 * LogTime.PerSecond;

    private static readonly string[] Words = ["error", "Error", "timeout", "connection", "refused", "ok", "GET", "status=500", "status=200", "é", "x"];

    private readonly Random random;
    private readonly List<SourceDescriptor> descriptors = [];
    private readonly ulong[] ends;
    private readonly ulong[] clocks;

    public World(int seed, int sources = 5)
    {
        random = new Random(seed);
        for (int i = 0; i < sources; i++)
        {
            descriptors.Add(new SourceDescriptor
            {
                Id = new SourceId(((UInt128)(ulong)random.NextInt64() << 64) | (ulong)random.NextInt64()),
                Agent = $"agent-{i % 2}",
                Host = $"host-{i % 3}",
                Path = $"/var/log/{i}.log",
                Tags = TagsOf($"/var/log/{i}.log"),
                View = i == 4 ? SourceView.DockerJson : SourceView.Utf8,
            });
        }
        ends = new ulong[sources];
        clocks = [.. Enumerable.Repeat(Start, sources)];
    }

    public Random Random => random;

    public IReadOnlyList<SourceDescriptor> Sources => descriptors;

    /// <summary>Events that follow what the sources had before; times mostly grow, sometimes jump back.</summary>
    public List<FoundEvent> Next(int count, int jumpsPercent = 3)
    {
        var events = new List<FoundEvent>(count);
        for (int i = 0; i < count; i++)
        {
            int source = random.Next(descriptors.Count);
            ulong step = (ulong)random.Next(0, 3) * LogTime.PerSecond / 2;
            clocks[source] = random.Next(100) < jumpsPercent ? clocks[source] - (ulong)random.Next(30) * LogTime.PerSecond : clocks[source] + step;
            events.Add(One(source, Line(descriptors[source].View, i)));
        }
        return events;
    }

    /// <summary>One event at the end of a source.</summary>
    public FoundEvent One(int source, string line)
    {
        SourceDescriptor descriptor = descriptors[source];
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        // Rules leave holes.
        ulong offset = ends[source] + (random.Next(20) == 0 ? 17UL : 0);
        ends[source] = offset + (ulong)bytes.Length;
        return new FoundEvent
        {
            Source = descriptor.Id,
            Offset = offset,
            Bytes = bytes,
            Time = clocks[source],
            Host = random.Next(10) == 0 ? "other" : descriptor.Host,
            App = random.Next(3) == 0 ? "app" : "",
            Agent = descriptor.Agent,
            Path = descriptor.Path,
            Pid = (uint)random.Next(3),
            Severity = (Severity)random.Next(0, 10),
            View = descriptor.View,
        };
    }

    /// <summary>Writes events as a finished segment, in the order segments have.</summary>
    public void Write(string path, IEnumerable<FoundEvent> events, ulong spanStart = Start, ulong spanWidth = LogTime.PerMinute, IReadOnlyList<PacketId>? packets = null)
    {
        var reached = new Dictionary<SourceId, ulong>();
        var ordered = events.OrderBy(e => e.Source).ThenBy(e => e.Offset)
            .Select(e => (Event: e, Time: reached[e.Source] = Math.Max(reached.GetValueOrDefault(e.Source), e.Time)))
            .OrderBy(item => item.Time).ThenBy(item => item.Event.Source).ThenBy(item => item.Event.Offset)
            .Select(item => item.Event).ToList();
        List<SourceDescriptor> used = [.. descriptors.Where(d => ordered.Exists(e => e.Source == d.Id)).OrderBy(d => d.Id)];
        var plan = new SegmentFooter
        {
            Environment = "test",
            SpanStart = spanStart,
            SpanWidth = spanWidth,
            Kind = SegmentKind.Recent,
            Sources = [.. used.Select(d => new SegmentSource(d, 0, []))],
            Packets = packets ?? [],
        };
        using IDiskFile file = SystemDisk.Instance.OpenAppend(path);
        using var writer = new SegmentWriter(file, plan, 1, filterBlockBytesMin: 0);
        foreach (FoundEvent e in ordered)
        {
            writer.Add(new Event
            {
                Source = used.FindIndex(d => d.Id == e.Source),
                Offset = e.Offset,
                Bytes = e.Bytes,
                Time = e.Time,
                Host = e.Host,
                App = e.App,
                Pid = e.Pid,
                Severity = e.Severity,
                Flags = e.Flags,
            });
        }
        writer.Finish(footer => footer);
    }

    /// <summary>What a search must give, by the slowest means.</summary>
    public static List<FoundEvent> Expected(IEnumerable<FoundEvent> events, SearchRequest request) =>
        [.. events.Where(e => e.Time >= request.From && e.Time < request.To && Matches(e, request.Query)).Order(FoundOrder.Of(request.Order)).Take(request.Limit)];

    public SearchRequest Request()
    {
        string[] queries = ["*", "error", "-error", "timeout connection", "host:other", "path:*1.log OR path:*2.log", "agent:agent-1 error", "level:>=warning", "status=500", "\"rror\"~", "/time.*refused/", "nowhere", "path:/none", "tag:file=/var/log/1.log", "tag:*2.log OR tag:*3.log error", "-tag:file=*4.log", "tag:none=*", "é", "refused pid:2"];
        ulong from = Start + (ulong)random.Next(-20, 60) * LogTime.PerSecond;
        return new SearchRequest
        {
            Query = Query.Parse(queries[random.Next(queries.Length)]).Query!,
            From = random.Next(2) == 0 ? 0 : from,
            To = random.Next(2) == 0 ? ulong.MaxValue : from + (ulong)random.Next(1, 100) * LogTime.PerSecond,
            Order = random.Next(2) == 0 ? SearchOrder.Newest : SearchOrder.Oldest,
            Limit = random.Next(3) switch { 0 => 1, 1 => random.Next(1, 50), _ => 100_000 },
            Parallelism = random.Next(1, 4),
        };
    }

    private static KeyValuePair<string, string>[] TagsOf(string path) => [new("all", "yes"), new("file", path)];

    public static bool Matches(FoundEvent e, Query query) => query.Matches(new MatchInput
    {
        Line = new LineView().Read(e.View, e.Bytes),
        Host = e.Host,
        App = e.App,
        Agent = e.Agent,
        Path = e.Path,
        Tags = TagsOf(e.Path),
        Pid = e.Pid,
        Severity = e.Severity,
    });

    private string Line(SourceView view, int number)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{number} {string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Words[random.Next(Words.Length)]))}");
        return view == SourceView.DockerJson ? $"{{\"log\":\"{text.Replace("e", "\\u0065", StringComparison.Ordinal)}\\n\",\"stream\":\"stdout\"}}" : text;
    }
}
