namespace Tailer.Blocks.Tests;

/// <summary>Records with lists compare by reference; these compare what is said.</summary>
internal static class Same
{
    public static void Descriptor(SourceDescriptor expected, SourceDescriptor? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Tags.OrderBy(t => t.Key, StringComparer.Ordinal), actual.Tags);
        Assert.Equal(Convert.ToHexString(expected.Cursor.Span), Convert.ToHexString(actual.Cursor.Span));
        Assert.Equal(expected with { Tags = [], Cursor = default }, actual with { Tags = [], Cursor = default });
    }

    public static void Manifest(Manifest expected, Manifest? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Packets.Order(), actual.Packets);
        Assert.Equal(expected with { Packets = [], Sources = [] }, actual with { Packets = [], Sources = [] });
        Assert.Equal(expected.Sources.Count, actual.Sources.Count);
        foreach ((ManifestSource a, ManifestSource b) in expected.Sources.OrderBy(s => s.Id).Zip(actual.Sources))
        {
            Descriptor(a.Descriptor, b.Descriptor);
            Assert.Equal((a.From, a.To, a.Events), (b.From, b.To, b.Events));
            Assert.Equal(a.Skips, b.Skips);
        }
    }

    public static void Footer(SegmentFooter expected, SegmentFooter? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Packets, actual.Packets);
        Assert.Equal(expected.Blocks, actual.Blocks);
        Assert.Equal(expected.BlockChecksums, actual.BlockChecksums);
        Assert.Equal(expected.Filters.Select(f => (f.Bytes, f.TimeDigits)), actual.Filters.Select(f => (f.Bytes, f.TimeDigits)));
        Assert.Equal(expected.Gaps, actual.Gaps);
        Assert.Equal(expected.Silent, actual.Silent);
        Assert.Equal(expected.Manifests.Select(Convert.ToHexString), actual.Manifests.Select(Convert.ToHexString));
        Assert.Equal(expected.Sources.Count, actual.Sources.Count);
        foreach ((SegmentSource a, SegmentSource b) in expected.Sources.Zip(actual.Sources))
        {
            Descriptor(a.Descriptor, b.Descriptor);
            Assert.Equal(a.Events, b.Events);
            Assert.Equal(a.Coverage, b.Coverage);
        }
        Assert.Equal(Scalars(expected), Scalars(actual));
    }

    private static SegmentFooter Scalars(SegmentFooter footer)
    {
        IReadOnlyList<SegmentSource> none = Array.Empty<SegmentSource>();
        return footer with { Sources = none, Blocks = Array.Empty<SegmentBlock>(), Packets = Array.Empty<PacketId>(), Manifests = Array.Empty<byte[]>(), Gaps = Array.Empty<SegmentGap>(), Silent = Array.Empty<SilentAgent>(), Filters = Array.Empty<BlockFilter>(), BlockChecksums = Array.Empty<uint>() };
    }
}
