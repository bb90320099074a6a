using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Queries.Tests.Scan;

/// <summary>
/// A search inside blocks, which decides most without a line, against every line decoded and matched by itself; and filters against
/// the lines their blocks have.
/// </summary>
public sealed class BlockSearchTests
{
    private const int QueriesPerBlock = 40;

    [Property(MaxTest = 300)]
    public void What_is_found_in_a_block_is_what_matches_line_by_line(int seed)
    {
        var random = new System.Random(seed);
        var lines = new RandomLines(random);
        (SegmentReader segment, SourceDescriptor[] sources) = Seal(lines, random.Next(64, 400));
        using SegmentReader _ = segment;
        using var search = new BlockSearch();
        using var decoded = new DecodedBlock();
        byte[] rented = [];
        ReadOnlyMemory<byte> packed = segment.TryReadPacked(0, ref rented, out BlockError error);
        Assert.Equal((BlockError.None, BlockBuilder.CodecVersion), (error, packed.Span[0]));
        Assert.Equal(BlockError.None, decoded.TryDecode(packed, sources.Length));
        for (int q = 0; q < QueriesPerBlock; q++)
        {
            string text = q % 2 == 0 ? lines.QueryFor(decoded[random.Next(decoded.Count)].Text) : RandomPart(random).Write();
            if (!Query.Parse(text).TryGet(out Query? query, out QueryError? _))
                continue;
            (ulong from, ulong to) = random.Next(4) == 0 ? (decoded.Time(decoded.Count / 3), decoded.Time(decoded.Count / 2) + 1) : (0, ulong.MaxValue);
            int[] expected = [.. Enumerable.Range(0, decoded.Count).Where(i => decoded.Time(i) >= from && decoded.Time(i) < to && Matches(query, decoded[i], sources))];
            int[] found = [.. search.Find(packed, sources, query, from, to, out error)];
            Assert.Equal(BlockError.None, error);
            Assert.True(expected.SequenceEqual(found), $"{query}: lines {string.Join(',', expected)} match, {string.Join(',', found)} were found");
            CheckEvents(search, decoded, found);
            if (from == 0)
                CheckCountAndFilter(search, packed, sources, query, expected, segment.Footer.Filters[0]);
        }
    }

    private static void CheckEvents(BlockSearch search, DecodedBlock decoded, int[] found)
    {
        Assert.True(found.Length == 0 || search.TryPrepareRead());
        foreach (int i in found)
        {
            Event a = decoded[i], b = search.Read(i);
            Assert.True(a.Bytes.SequenceEqual(b.Bytes));
            Assert.Equal((a.Source, a.Offset, a.Time, a.Host, a.App, a.Pid, a.Severity, a.Flags), (b.Source, b.Offset, b.Time, b.Host, b.App, b.Pid, b.Severity, b.Flags));
            Assert.Equal((a.Source, a.Offset, a.Time, a.Severity), (search.Source(i), search.Offset(i), search.Time(i), search.Severity(i)));
        }
    }

    private static void CheckCountAndFilter(BlockSearch search, ReadOnlyMemory<byte> packed, SourceDescriptor[] sources, Query query, int[] expected, BlockFilter filter)
    {
        var bySeverity = new long[256];
        if (search.TryCount(packed, sources, query, bySeverity))
            Assert.Equal(expected.Length, bySeverity.Sum());
        Assert.False(filter.IsNone);
        if (expected.Length > 0 && sources.All(source => LineView.KeepsBytes(source.View)))
            Assert.All(query.Required, probe => Assert.True(probe.MayBeIn(filter), $"{query}: the filter does not have {probe}"));
    }

    private static Part RandomPart(System.Random random) => Generators.Part(2).Sample(1, random.Next(1, 30)).First();

    private static bool Matches(Query query, in Event e, SourceDescriptor[] sources) => query.Matches(new MatchInput
    {
        Line = new LineView().Read(sources[e.Source].View, e.Bytes),
        Host = e.Host,
        App = e.App,
        Agent = sources[e.Source].Agent,
        Path = sources[e.Source].Path,
        Tags = sources[e.Source].Tags,
        Pid = e.Pid,
        Severity = e.Severity,
    });

    private static (SegmentReader Segment, SourceDescriptor[] Sources) Seal(RandomLines lines, int count)
    {
        SourceDescriptor[] sources =
        [
            new() { Id = new SourceId(1), Agent = "a", Host = "a", Path = "/a/b", Tags = [new("a", "b"), new("b", "ab")] },
            new() { Id = new SourceId(2), Agent = "aab", Host = "Ab", Path = "a*b", View = lines.SecondView },
        ];
        var disk = new MemoryDisk();
        using (IDiskFile file = disk.OpenAppend("/s"))
        using (var writer = new SegmentWriter(
            file,
            new SegmentFooter { Environment = "e", SpanStart = 0, SpanWidth = LogTime.PerHour, Kind = SegmentKind.Recent, Sources = [.. sources.Select(s => new SegmentSource(s, 0, []))] },
            level: 1,
            filterBlockBytesMin: 0))
        {
            var ends = new ulong[sources.Length];
            for (int i = 0; i < count; i++)
                ends[i % 7 == 0 ? 1 : 0] = lines.AddTo(writer, i % 7 == 0 ? 1 : 0, ends[i % 7 == 0 ? 1 : 0]);
            writer.Finish(footer => footer);
        }
        return (SegmentReader.TryOpen(disk.OpenRead("/s")!, out SegmentError _)!, sources);
    }
}
