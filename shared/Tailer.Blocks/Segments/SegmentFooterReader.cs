namespace Tailer.Blocks;

/// <summary>Reads a footer from bytes nobody vouches for: null when damaged; memory is bounded by what is really there.</summary>
internal static class SegmentFooterReader
{
    public static SegmentFooter? TryRead(ReadOnlySpan<byte> footer)
    {
        SegmentFooter? summary = null;
        SegmentFooter parts = new() { Environment = "", SpanStart = 0, SpanWidth = 0, Kind = 0, Sources = [] };
        var r = new SpanReader(footer);
        while (!r.AtEnd && !r.Failed)
        {
            ulong tag = r.Varint();
            ReadOnlySpan<byte> section = r.LengthPrefixed(footer.Length);
            if (r.Failed)
                return null;
            var s = new SpanReader(section);
            switch ((SegmentSection)tag)
            {
                case SegmentSection.Summary: summary = ReadSummary(ref s); break;
                case SegmentSection.Sources: parts = parts with { Sources = ReadSources(ref s) }; break;
                case SegmentSection.Blocks: parts = parts with { Blocks = ReadBlocks(ref s) }; break;
                case SegmentSection.Packets: parts = parts with { Packets = ReadPackets(ref s) }; break;
                case SegmentSection.Manifests: parts = parts with { Manifests = ReadManifests(ref s) }; break;
                case SegmentSection.Gaps: parts = parts with { Gaps = ReadGaps(ref s) }; break;
                case SegmentSection.Silent: parts = parts with { Silent = ReadSilent(ref s) }; break;
                case SegmentSection.Filters: parts = parts with { Filters = ReadFilters(ref s) }; break;
                case SegmentSection.Checksums: parts = parts with { BlockChecksums = ReadChecksums(ref s) }; break;
                default: continue;
            }
            if (s.Failed || !s.AtEnd)
                return null;
        }
        if (!IsNoneOr(parts.Filters.Count, parts.Blocks.Count) || !IsNoneOr(parts.BlockChecksums.Count, parts.Blocks.Count))
            return null;
        return r.Failed || summary is null ? null : summary with
        {
            Sources = parts.Sources,
            Blocks = parts.Blocks,
            Packets = parts.Packets,
            Manifests = parts.Manifests,
            Gaps = parts.Gaps,
            Silent = parts.Silent,
            Filters = parts.Filters,
            BlockChecksums = parts.BlockChecksums,
        };
    }

    private static bool IsNoneOr(int count, int blocks) => count == 0 || count == blocks;

    private static BlockFilter[] ReadFilters(ref SpanReader r)
    {
        var filters = new BlockFilter[r.Count(r.Remaining / 2)];
        for (int i = 0; i < filters.Length; i++)
            filters[i] = BlockFilter.Read(ref r);
        return filters;
    }

    private static uint[] ReadChecksums(ref SpanReader r)
    {
        var checksums = new uint[r.Count(r.Remaining / 4)];
        for (int i = 0; i < checksums.Length; i++)
            checksums[i] = r.U32();
        return checksums;
    }

    private static SegmentFooter ReadSummary(ref SpanReader r)
    {
        string environment = r.Text(Limits.NameBytesMax);
        ulong start = r.U64();
        ulong width = r.U64();
        var kind = (SegmentKind)r.U8();
        bool complete = (r.U8() & 1) != 0;
        return new SegmentFooter
        {
            Environment = environment,
            SpanStart = start,
            SpanWidth = width,
            Kind = kind,
            Complete = complete,
            Events = ReadLong(ref r),
            RawBytes = ReadLong(ref r),
            EventTimeMin = r.U64(),
            EventTimeMax = r.U64(),
            ContentHash = ReadHash(ref r),
            Conflicts = ReadLong(ref r),
            Sources = [],
        };
    }

    private static long ReadLong(ref SpanReader r)
    {
        ulong value = r.Varint();
        if (value <= long.MaxValue)
            return (long)value;
        r.Fail();
        return 0;
    }

    private static ContentHash ReadHash(ref SpanReader r)
    {
        ReadOnlySpan<byte> bytes = r.Take(ContentHash.Bytes);
        return bytes.IsEmpty ? default : ContentHash.Read(bytes);
    }

    private static SegmentSource[] ReadSources(ref SpanReader r)
    {
        var sources = new SegmentSource[r.Count(r.Remaining / SourceId.Bytes)];
        for (int i = 0; i < sources.Length; i++)
        {
            SourceId id = r.SourceId();
            long events = ReadLong(ref r);
            SourceDescriptor? descriptor = SourceDescriptor.TryRead(r.LengthPrefixed(Limits.DescriptorBytesMax));
            var coverage = new ByteRange[r.Count(r.Remaining / 2)];
            ulong end = 0;
            for (int k = 0; k < coverage.Length; k++)
            {
                ulong from = end + r.Varint();
                ulong to = from + r.Varint();
                if (from < end || to < from)
                    r.Fail();
                end = to;
                coverage[k] = new ByteRange(from, to);
            }
            if (r.Failed || descriptor is null || descriptor.Id != id)
            {
                r.Fail();
                return [];
            }
            sources[i] = new SegmentSource(descriptor, events, coverage);
        }
        return sources;
    }

    private static SegmentBlock[] ReadBlocks(ref SpanReader r)
    {
        var blocks = new SegmentBlock[r.Count(r.Remaining / 20)];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new SegmentBlock(
                ReadLong(ref r),
                r.Count(int.MaxValue),
                r.Count(Limits.BlockEventsMax),
                ReadLong(ref r),
                r.U64(),
                r.U64());
        }
        return blocks;
    }

    private static PacketId[] ReadPackets(ref SpanReader r)
    {
        var packets = new PacketId[r.Count(r.Remaining / PacketId.Bytes)];
        for (int i = 0; i < packets.Length; i++)
            packets[i] = r.PacketId();
        return packets;
    }

    private static byte[][] ReadManifests(ref SpanReader r)
    {
        var manifests = new byte[r.Count(r.Remaining)][];
        for (int i = 0; i < manifests.Length; i++)
            manifests[i] = r.LengthPrefixed(Limits.ManifestBytesMax).ToArray();
        return manifests;
    }

    private static SegmentGap[] ReadGaps(ref SpanReader r)
    {
        var gaps = new SegmentGap[r.Count(r.Remaining / (SourceId.Bytes + 3))];
        for (int i = 0; i < gaps.Length; i++)
        {
            SourceId source = r.SourceId();
            ulong from = r.Varint();
            ulong to = from + r.Varint();
            gaps[i] = new SegmentGap(source, from, to, (SkipReason)r.U8());
            if (to < from)
                r.Fail();
        }
        return gaps;
    }

    private static SilentAgent[] ReadSilent(ref SpanReader r)
    {
        var silent = new SilentAgent[r.Count(r.Remaining / 9)];
        for (int i = 0; i < silent.Length; i++)
            silent[i] = new SilentAgent(r.Text(Limits.NameBytesMax), r.U64());
        return silent;
    }
}
