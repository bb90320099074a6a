using FsCheck.Xunit;
using Tailer.Blocks.Native;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

public sealed class SegmentTests
{
    [Property(MaxTest = 200)]
    public void A_footer_reads_back(int seed)
    {
        SegmentFooter footer = new TestData(new Random(seed)).Footer();
        using var w = new ByteWriter();
        footer.WriteTo(w);
        Same.Footer(footer, SegmentFooterReader.TryRead(w.Written));
    }

    [Fact]
    public void Every_cut_of_a_footer_but_between_sections_is_refused()
    {
        using var w = new ByteWriter();
        new TestData(new Random(4)).Footer().WriteTo(w);
        int read = 0;
        for (int cut = 0; cut < w.Length; cut++)
            read += SegmentFooterReader.TryRead(w.Written[..cut]) is null ? 0 : 1;
        Assert.Equal(6, read);
    }

    [Property(MaxTest = 60)]
    public void A_segment_reads_back_with_all_its_events_and_proves_itself(int seed)
    {
        var random = new Random(seed);
        var data = new TestData(random);
        SegmentFooter plan = Plan(data, random.Next(1, 5));
        EventRow[] rows = data.Events(plan.Sources.Count, 500);
        var disk = new MemoryDisk();
        SegmentFooter written = Write(disk, plan, rows);

        using SegmentReader segment = SegmentReader.TryOpen(disk.OpenRead("/s")!, out SegmentError error)!;
        Assert.Equal(SegmentError.None, error);
        Same.Footer(written, segment.Footer);
        Assert.Null(SegmentVerifier.Verify(segment));
        Assert.Equal(rows, Events(segment));
        Assert.Equal((rows.Length, rows.Sum(r => r.Bytes.Length)), (segment.Footer.Events, segment.Footer.RawBytes));
        Assert.Equal((rows.Min(r => r.Time), rows.Max(r => r.Time)), (segment.Footer.EventTimeMin, segment.Footer.EventTimeMax));
        for (int i = 0; i < plan.Sources.Count; i++)
            Assert.Equal(Covered(rows.Where(r => r.Source == i)), segment.Footer.Sources[i].Coverage);
    }

    [Fact]
    public void Many_events_are_cut_into_blocks_that_say_what_is_in_them()
    {
        var data = new TestData(new Random(8));
        EventRow[] rows = data.LogLines(70_000);
        var disk = new MemoryDisk();
        Write(disk, Plan(data, LogGenerator.Apps.Count), rows);
        using SegmentReader segment = SegmentReader.TryOpen(disk.OpenRead("/s")!, out _)!;
        Assert.Equal([65_536, 4_464], segment.Footer.Blocks.Select(b => b.Events));
        int done = 0;
        foreach (SegmentBlock block in segment.Footer.Blocks)
        {
            EventRow[] mine = rows[done..(done += block.Events)];
            Assert.Equal((mine.Sum(r => (long)r.Bytes.Length), mine.Min(r => r.Time), mine.Max(r => r.Time)), (block.RawBytes, block.EventTimeMin, block.EventTimeMax));
        }
        Assert.Null(SegmentVerifier.Verify(segment));
    }

    [Fact]
    public void The_content_hash_does_not_depend_on_level_or_blocks()
    {
        var data = new TestData(new Random(8));
        EventRow[] rows = data.LogLines(300);
        SegmentFooter plan = Plan(data, LogGenerator.Apps.Count);
        Assert.Equal(Write(new MemoryDisk(), plan, rows, 1).ContentHash, Write(new MemoryDisk(), plan, rows, 19).ContentHash);
    }

    [Fact]
    public void The_content_hash_depends_on_every_field_of_every_event_and_on_their_order()
    {
        SegmentFooter plan = Plan(new TestData(new Random(8)), 2);
        var a = new EventRow(0, 5, [1, 2], 7, EventFlags.None, Severity.Info, 3, "h", "a");
        var b = new EventRow(1, 9, [3], 8, EventFlags.None, Severity.Info, 3, "h", "a");
        EventRow[][] all =
        [
            [a, b], [b, a], [a], [a with { Source = 1 }, b], [a with { Offset = 6 }, b], [a with { Bytes = [1, 3] }, b], [a with { Bytes = [1] }, b], [a with { Time = 9 }, b],
            [a with { Flags = EventFlags.Partial }, b], [a with { Severity = Severity.Error }, b], [a with { Pid = 4 }, b], [a with { Host = "i" }, b], [a with { App = "b" }, b],
            [a with { Host = "ha", App = "" }, b],
        ];
        Assert.Equal(all.Length, all.Select(rows => Write(new MemoryDisk(), plan, rows).ContentHash).Distinct().Count());
    }

    [Fact]
    public void A_segment_without_events_is_a_segment()
    {
        SegmentFooter plan = Plan(new TestData(new Random(8)), 1) with { Packets = [new PacketId(1)] };
        var disk = new MemoryDisk();
        Write(disk, plan, []);
        using SegmentReader segment = SegmentReader.TryOpen(disk.OpenRead("/s")!, out _)!;
        Assert.Null(SegmentVerifier.Verify(segment));
        Assert.Equal((0, plan.SpanStart, plan.SpanStart), (segment.Footer.Events, segment.Footer.EventTimeMin, segment.Footer.EventTimeMax));
        Assert.NotEqual(segment.Footer.ContentHash, Write(new MemoryDisk(), plan with { Packets = [new PacketId(2)] }, []).ContentHash);
    }

    [Fact]
    public void Sections_of_a_later_version_are_skipped()
    {
        using var w = new ByteWriter();
        SegmentFooter footer = new TestData(new Random(4)).Footer();
        w.Varint(99);
        w.LengthPrefixed([1, 2, 3]);
        footer.WriteTo(w);
        w.Varint(ulong.MaxValue);
        w.LengthPrefixed([]);
        Same.Footer(footer, SegmentFooterReader.TryRead(w.Written));
    }

    [Fact]
    public void Every_cut_of_a_segment_is_refused_and_the_file_is_closed()
    {
        byte[] whole = Sample();
        for (int cut = 0; cut < whole.Length; cut++)
        {
            IDiskFile file = Put(whole.AsSpan(0, cut));
            Assert.Null(SegmentReader.TryOpen(file, out SegmentError error));
            Assert.NotEqual(SegmentError.None, error);
            Assert.Throws<ObjectDisposedException>(() => file.Length);
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_segment_is_found()
    {
        byte[] whole = Sample();
        using SegmentReader good = SegmentReader.TryOpen(Put(whole), out _)!;
        List<EventRow> rows = Events(good);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            using SegmentReader? segment = SegmentReader.TryOpen(Put(whole), out _);
            // Flags that readers ignore, in the block and in what zstd makes, change nothing.
            Assert.True(segment is null || SegmentVerifier.Verify(segment) is not null || Events(segment).SequenceEqual(rows), $"bit {bit} of {whole.Length * 8}");
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Null(SegmentVerifier.Verify(good));
    }

    [Fact]
    public void A_footer_that_claims_much_more_than_is_there_is_refused_without_the_memory_for_it()
    {
        byte[] whole = Sample();
        Span<byte> trailer = whole.AsSpan(whole.Length - SegmentTrailer.Bytes);
        Assert.Equal(SegmentError.None, SegmentTrailer.TryRead(trailer, whole.Length, out SegmentTrailer read));
        (read with { FooterBytes = Limits.SegmentFooterBytesMax }).WriteTo(trailer);
        IDiskFile file = Put(whole);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(SegmentReader.TryOpen(file, out SegmentError error));
        Assert.Equal(SegmentError.DamagedFooter, error);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [InlineData(-1L, 10)]
    [InlineData(0L, 10)]
    [InlineData(long.MaxValue, 10)]
    [InlineData(8L, int.MaxValue)]
    public void A_footer_with_a_block_outside_the_file_is_refused(long offset, int bytes)
    {
        SegmentFooter footer = new TestData(new Random(4)).Footer() with { Blocks = [new SegmentBlock(offset, bytes, 1, 1, 0, 0)] };
        using var plain = new ByteWriter();
        footer.WriteTo(plain);
        using var file = new ByteWriter();
        file.Raw(SegmentTrailer.FileMagic);
        file.Raw(new byte[50]);
        int start = file.Length;
        file.Advance(Zstd.Compress(plain.Written, file.GetSpan(Zstd.CompressBound(plain.Length)), 1));
        var trailer = new SegmentTrailer(start, file.Length - start, plain.Length, Crc32C.Compute(file.Written[start..]));
        trailer.WriteTo(file.GetSpan(SegmentTrailer.Bytes));
        file.Advance(SegmentTrailer.Bytes);
        Assert.Null(SegmentReader.TryOpen(Put(file.Written), out SegmentError error));
        Assert.Equal(SegmentError.DamagedFooter, error);
    }

    [Fact]
    public void A_segment_is_nothing_before_it_is_finished_and_survives_a_power_loss_after()
    {
        SegmentFooter plan = Plan(new TestData(new Random(8)), 1);
        var disk = new MemoryDisk();
        using IDiskFile file = disk.OpenAppend("/s");
        disk.SyncDirectory("/");
        using var writer = new SegmentWriter(file, plan, 1);
        foreach (EventRow row in new TestData(new Random(8)).Events(1, 20))
            row.AddTo(writer);
        Assert.Null(SegmentReader.TryOpen(disk.OpenRead("/s")!, out _));
        writer.Finish(footer => footer);
        disk.LosePower();
        using SegmentReader? segment = SegmentReader.TryOpen(disk.OpenRead("/s")!, out _);
        Assert.Null(SegmentVerifier.Verify(segment!));
    }

    [Fact]
    public void A_failing_disk_closes_the_file_that_was_to_be_opened()
    {
        var disk = new MemoryDisk();
        using (IDiskFile file = disk.OpenAppend("/s"))
            file.Write(Sample(), 0);
        var faulty = new FaultyDisk(disk) { Counts = (operation, _) => operation == DiskOperation.Read, FailAt = 2 };
        IDiskFile opened = faulty.OpenRead("/s")!;
        Assert.Throws<IOException>(() => SegmentReader.TryOpen(opened, out _));
        Assert.Throws<ObjectDisposedException>(() => opened.Length);
    }

    internal static SegmentFooter Plan(TestData data, int sources) => data.Footer() with
    {
        Sources = [.. Enumerable.Range(0, sources).Select(_ => new SegmentSource(data.Descriptor(), 0, [])).OrderBy(s => s.Descriptor.Id)],
        Blocks = [],
    };

    internal static byte[] Sample()
    {
        var data = new TestData(new Random(21));
        var disk = new MemoryDisk();
        SegmentFooter plan = new()
        {
            Environment = "prod",
            SpanStart = 0,
            SpanWidth = LogTime.PerHour,
            Kind = SegmentKind.Sealed,
            Sources = [new SegmentSource(new SourceDescriptor { Id = new SourceId(1), Agent = "a", Host = "h", Path = "/p" }, 0, [])],
        };
        Write(disk, plan, data.Events(1, 10));
        return disk.ReadAll("/s")!;
    }

    private static SegmentFooter Write(MemoryDisk disk, SegmentFooter plan, EventRow[] rows, int level = 1)
    {
        using IDiskFile file = disk.OpenAppend("/s");
        using var writer = new SegmentWriter(file, plan, level);
        foreach (EventRow row in rows)
            row.AddTo(writer);
        return writer.Finish(footer => footer);
    }

    private static IDiskFile Put(ReadOnlySpan<byte> bytes)
    {
        IDiskFile file = new MemoryDisk().OpenAppend("/s");
        file.Write(bytes, 0);
        return file;
    }

    private static List<EventRow> Events(SegmentReader segment)
    {
        using var block = new DecodedBlock();
        var rows = new List<EventRow>();
        for (int i = 0; i < segment.Footer.Blocks.Count; i++)
        {
            Assert.Equal(BlockError.None, segment.TryReadBlock(i, block));
            rows.AddRange(EventRow.Of(block));
        }
        return rows;
    }

    private static List<ByteRange> Covered(IEnumerable<EventRow> rows)
    {
        var ranges = new List<ByteRange>();
        foreach (EventRow row in rows)
        {
            if (ranges.Count > 0 && ranges[^1].To == row.Offset)
                ranges[^1] = ranges[^1] with { To = row.End };
            else
                ranges.Add(new ByteRange(row.Offset, row.End));
        }
        return ranges;
    }
}
