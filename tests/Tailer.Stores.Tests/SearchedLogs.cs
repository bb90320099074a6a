using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Stores.Tests;

/// <summary>Log files, and the same lines in segments: awkward ones and generated ones always, real samples where they are there.</summary>
public sealed class SearchedLogs : IDisposable
{
    private const int GeneratedLines = 20_000;

    private readonly TempDirectory directory = new();
    private readonly List<SourceDescriptor> sources = [];
    private readonly List<string> segments = [];

    public SearchedLogs()
    {
        string[] own =
        [
            Write("awkward.log", AwkwardLog.File("\n")),
            Write("awkward-crlf.log", AwkwardLog.File("\r\n")),
            Write("generated.log", new LogGenerator(11).Bytes(GeneratedLines)),
        ];
        string samples = Path.GetFullPath(Path.Combine(BuildOutput.Repository, "../shared/logs"));
        string[] real = Directory.Exists(samples)
            ? [.. Directory.GetFiles(samples, "*.log").Order(StringComparer.Ordinal).Select(path => Write(Path.GetFileName(path), File.ReadAllBytes(path)))]
            : [];
        Seal(own);
        if (real.Length > 0)
            Seal(real);
    }

    /// <summary>Every line in which a search of the segments finds the query, as file name and offset.</summary>
    public async Task<SortedSet<(string File, long Offset)>> Find(string query)
    {
        Query parsed = Query.Parse(query).TryGet(out Query? good, out QueryError? error) ? good : throw new ArgumentException(error.Caret, nameof(query));
        var request = new SearchRequest { Query = parsed, Limit = 1_000_000, BytesMax = long.MaxValue, Order = SearchOrder.Oldest };
        var search = new SegmentSearch(segments.Select(path => SegmentRef.OfFile(SystemDisk.Instance, path)), request);
        List<FoundEvent> found = await Answers.All(search.RunAsync());
        Assert.Empty(search.Statistics.Problems);
        Assert.False(search.Statistics.Truncated);
        SortedSet<(string, long)> lines = [.. found.Select(e => (Path.GetFileName(e.Path), (long)e.Offset))];
        Assert.Equal(found.Count, lines.Count);
        return lines;
    }

    /// <summary>Every line in which rg finds the pattern. A line ends before LF or CRLF, and all bytes are text.</summary>
    public SortedSet<(string File, long Offset)> FindByRipgrep(string pattern, params string[] options)
    {
        byte[] output = Ripgrep.Run(
            [.. options, "--text", "--crlf", "--encoding", "none", "--no-heading", "--with-filename", "--null", "--no-line-number", "--byte-offset", "--color", "never", "-e", pattern, "--", .. sources.Select(source => source.Path)]);
        SortedSet<(string, long)> lines = [];
        ReadOnlySpan<byte> rest = output;
        while (!rest.IsEmpty)
        {
            // path NUL offset ':' line
            int nul = rest.IndexOf((byte)0);
            int colon = nul + rest[nul..].IndexOf((byte)':');
            string path = Encoding.UTF8.GetString(rest[..nul]);
            lines.Add((Path.GetFileName(path), long.Parse(rest[(nul + 1)..colon], NumberStyles.None, CultureInfo.InvariantCulture)));
            int end = rest[colon..].IndexOf((byte)'\n');
            rest = end < 0 ? [] : rest[(colon + end + 1)..];
        }
        return lines;
    }

    /// <summary>The line at a place, for people.</summary>
    public string Show((string File, long Offset) place)
    {
        byte[] bytes = File.ReadAllBytes(directory[place.File]);
        ReadOnlySpan<byte> rest = bytes.AsSpan((int)place.Offset);
        int end = rest.IndexOf((byte)'\n');
        return $"{place.File}@{place.Offset} [{Encoding.Latin1.GetString(end < 0 ? rest : rest[..end])}]";
    }

    public void Dispose() => directory.Dispose();

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(directory[name], content);
        return directory[name];
    }

    /// <summary>Lines of all files by turns, so that blocks hold lines of every kind.</summary>
    private void Seal(string[] paths)
    {
        List<SourceDescriptor> own = [.. paths.Select(Describe).OrderBy(source => source.Id)];
        sources.AddRange(own);
        byte[][] content = [.. own.Select(source => File.ReadAllBytes(source.Path))];
        int[] starts = new int[own.Count];
        string path = directory[$"{segments.Count}{Names.SegmentSuffix}"];
        segments.Add(path);
        var plan = new SegmentFooter
        {
            Environment = "test",
            SpanStart = World.Start,
            SpanWidth = LogTime.PerHour,
            Kind = SegmentKind.Sealed,
            Sources = [.. own.Select(source => new SegmentSource(source, 0, []))],
        };
        using IDiskFile file = SystemDisk.Instance.OpenAppend(path);
        using var writer = new SegmentWriter(file, plan, 1, filterBlockBytesMin: 0);
        for (ulong turn = 0; Enumerable.Range(0, own.Count).Any(i => starts[i] < content[i].Length); turn++)
        {
            for (int i = 0; i < own.Count; i++)
                AddLine(writer, i, content[i], ref starts[i], own[i].Host, World.Start + (turn * LogTime.PerMillisecond));
        }
        writer.Finish(footer => footer);
    }

    private static void AddLine(SegmentWriter writer, int source, byte[] content, ref int start, string host, ulong time)
    {
        if (start == content.Length)
            return;
        int end = Array.IndexOf(content, (byte)'\n', start) + 1;
        int length = (end == 0 ? content.Length : end) - start;
        writer.Add(new Event { Source = source, Offset = (ulong)start, Bytes = content.AsSpan(start, length), Time = time, Host = host, App = "app", Pid = 7 });
        start += length;
    }

    private static SourceDescriptor Describe(string path) => new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, "agent", 1, 2, 3, 0, path),
        Agent = "agent",
        Host = "host",
        Path = path,
    };
}
