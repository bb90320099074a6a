using System.Buffers.Binary;
using System.Text;
using Tailer.Blocks.Tests.Codec;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>
/// Every decoder on input nobody vouches for, up to 4 KiB each: it never throws, the memory it takes is bounded by what is there
/// and by <see cref="Limits"/>, and it ends. A million inputs; with TAILER_SOAK=1 twenty millions.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int InputsMin = 1_000_000;
    private const int SoakTimes = 20;

    /// <summary>
    /// A block may claim sections and text up to the limit, which are rented as the next power of two and then kept: two of 32 MiB, and
    /// as much for what is made of them (template text, places of columns, numbers).
    /// </summary>
    private const int BlockBytes = 96 * 1024 * 1024;

    private static readonly BlockParts[] TemplateSamples = [.. Enumerable.Range(0, 48).Select(TemplateSample)];

    private static readonly FuzzTarget[] Targets =
    [
        new(data => data.Descriptor().ToArray()) { Name = "descriptors", Inputs = 70_000, Start = () => new(bytes => SourceDescriptor.TryRead(bytes)?.ToArray()) },
        new(FrameOfText) { Name = "frames", Inputs = 80_000, Mend = FrameTests.Mend, Start = Frames },
        new(FrameOfText) { Name = "packets of text", Inputs = 40_000, Mend = FrameTests.Mend, Start = Packets, AllocatedFixed = BlockBytes },
        new(FrameOfTemplates) { Name = "packets of templates", Inputs = 80_000, Mend = FrameTests.Mend, Start = Packets, AllocatedFixed = BlockBytes },
        new(data => StoredText(data, -100)) { Name = "stored text blocks", Inputs = 100_000, Start = BlockCheck.Start, AllocatedFixed = BlockBytes },
        new(_ => Golden.GoldenFile.Bytes("block-zstd.hex")) { Name = "packed text blocks", Inputs = 40_000, Start = BlockCheck.Start, AllocatedFixed = BlockBytes },
        new(data => BlockTests.Encode(data.LogLines(12), 1)) { Name = "short blocks", Inputs = 60_000, Start = BlockCheck.Start, AllocatedFixed = BlockBytes },
        new(data => BlockTests.Encode(data.LogLines(12), 1))
        {
            Name = "bodies of short blocks",
            Inputs = 80_000,
            Start = BlockCheck.Start,
            Change = Mutation.OfShortBodies,
            AllocatedFixed = 256 * 1024,
        },
        new(data => TemplateSample(data.Random.Next(48)).ToArray(1)) { Name = "template blocks", Inputs = 100_000, Start = BlockCheck.Start, AllocatedFixed = BlockBytes },
        new(data => TemplateSample(data.Random.Next(48)).ToArray(1))
        {
            Name = "sections of template blocks",
            Inputs = 350_000,
            Start = BlockCheck.Start,
            AllocatedFixed = BlockBytes,
            Change = (random, _) => Mutation.OfSections(random, TemplateSamples),
        },
        new(data => data.Manifest().ToArray()) { Name = "manifests", Inputs = 80_000, Mend = ManifestTests.Mend, Start = Manifests },
        new(FooterBytes) { Name = "footers", Inputs = 60_000, Start = Footers },
        new(_ => SegmentTests.Sample()) { Name = "segments", Inputs = 40_000, Mend = MendTrailer, Start = Segments, AllocatedFixed = BlockBytes },
        new(BucketFile) { Name = "bucket files", Inputs = 40_000, Start = () => new(ReadBucketFile), AllocatedFixed = 600 * 1024 },
        new(NameBytes) { Name = "names of files", Inputs = 40_000, Start = () => new(ReadNames) },
    ];

    [Fact]
    public async Task A_million_inputs_break_no_decoder()
    {
        int times = Environment.GetEnvironmentVariable("TAILER_SOAK") == "1" ? SoakTimes : 1;
        long wholeBefore = BlockCheck.WholeTemplates, othersBefore = BlockCheck.WholeOthers;
        var run = new FuzzRun(Targets, times);
        await run.RunAsync();
        long whole = BlockCheck.WholeTemplates - wholeBefore;
        foreach (string line in run.Report)
            output.WriteLine(line);
        output.WriteLine($"{run.Inputs:N0} inputs; {whole:N0} changed codec 2 blocks, and {BlockCheck.WholeOthers - othersBefore:N0} others, were whole, and the same when encoded again");
        Assert.True(run.Inputs >= (long)InputsMin * times, $"only {run.Inputs} inputs");
        // Else the changes would all be thrown out at the door.
        Assert.True(whole >= 90_000L * times, $"only {whole} codec 2 blocks came through");
    }

    [Fact]
    public void The_samples_of_template_blocks_are_template_blocks_of_every_coding()
    {
        var codings = new HashSet<ColumnCoding>();
        foreach (BlockParts sample in TemplateSamples)
        {
            byte[] bytes = sample.ToArray(1);
            Assert.InRange(bytes.Length, 100, FuzzTarget.InputBytesMax);
            using var block = new TemplateBlock();
            Assert.Equal(BlockError.None, block.TryOpen(bytes));
            Assert.True(block.TryReadNames(BlockCheck.Sources) && block.TryReadEvents() && block.TryReadTemplates() && block.TryReadColumns());
            for (int c = 0; c < block.Columns.Count; c++)
                codings.Add(block.Columns[c].Coding);
        }
        Assert.Equal(4, codings.Count);
        Assert.Contains(TemplateSamples, s => s.Plain.Any(p => p.Length >= SectionTable.OwnFrameBytesMin));
        Assert.Contains(TemplateSamples, s => s[BlockSection.Streams].Length > 0 && s[BlockSection.Lengths].Length > 0);
    }

    /// <summary>Real lines, awkward ones, and many short ones, whose sections have frames of their own.</summary>
    private static BlockParts TemplateSample(int seed)
    {
        for (int attempt = 0; ; attempt++)
        {
            var random = new Random((seed * 1000) + attempt);
            EventRow[] rows = seed switch
            {
                0 => Counted(random, 1500),
                < 24 => new TestData(random).LogLines(random.Next(32, 80)),
                _ => new AwkwardLines(random).Rows(random.Next(32, 60)),
            };
            BlockParts parts = BlockParts.Read(CodecTwo.Encode(rows, 1));
            if (parts.ToArray(1).Length < 3000)
                return parts;
        }
    }

    private static EventRow[] Counted(Random random, int count)
    {
        int step = random.Next(1, 9);
        ulong end = 0;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            byte[] line = Encoding.ASCII.GetBytes($"job {i * step} of {i % 7:0000} at {i / 50 % 3:x4}f{i / 10 % 10} user={"abcd"[i % 4]}{new string('x', i % 3)}\n");
            var row = new EventRow(i % 2, end, line, (ulong)(i * i) * 500, 0, Severity.Info, (uint)(i % 2), "h", "a");
            end += (ulong)line.Length;
            return row;
        })];
    }

    private static FuzzDecoder Frames() => new(bytes =>
    {
        FrameHeader.TryRead(bytes, out _);
        FrameHeader.TryReadFrame(bytes, out _);
    });

    private static FuzzDecoder Packets()
    {
        var block = new DecodedBlock();
        return new FuzzDecoder(bytes => Packet.TryRead(bytes, out _)?.TryDecode(block)) { Owned = block };
    }

    private static FuzzDecoder Manifests() => new(bytes =>
    {
        if (Manifest.TryRead(bytes) is { } manifest)
            Assert.All(manifest.Sources, s => Assert.True(s.To >= s.From && s.Skips.All(skip => skip.To >= skip.From)));
    });

    private static FuzzDecoder Footers() => new(bytes =>
    {
        if (SegmentFooterReader.TryRead(bytes) is not { } footer)
            return;
        Assert.True(footer is { Events: >= 0, RawBytes: >= 0, Conflicts: >= 0 });
        Assert.All(footer.Sources.SelectMany(s => s.Coverage), range => Assert.True(range.To >= range.From));
        Assert.All(footer.Gaps, gap => Assert.True(gap.To >= gap.From));
    });

    private static FuzzDecoder Segments()
    {
        var block = new DecodedBlock();
        return new FuzzDecoder(bytes =>
        {
            using SegmentReader? segment = SegmentReader.TryOpen(new ArrayFile(bytes), out _);
            for (int i = 0; i < segment?.Footer.Blocks.Count; i++)
                segment.TryReadBlock(i, block);
        })
        { Owned = block };
    }

    private static void ReadBucketFile(byte[] bytes)
    {
        using var reader = new BucketFileReader(new ArrayFile(bytes));
        long end = 0;
        int damaged = 0;
        while (reader.TryReadNext())
        {
            // Records and damage tile the file.
            Assert.Equal(end == reader.RecordPosition ? damaged : damaged + 1, reader.Damage.Count);
            Assert.True(end == reader.RecordPosition || reader.Damage[damaged++] == (end, reader.RecordPosition));
            end = reader.Position;
        }
        Assert.Equal(end, reader.Position);
    }

    private static void ReadNames(byte[] bytes)
    {
        string name = Encoding.Latin1.GetString(bytes);
        string half = name[..(name.Length / 2)];
        Assert.False(Names.TryParseBucket(name, name, out _) || Names.TryParseBucket(half, name, out _));
        Assert.False(Names.TryParseSpan(name, half, out _) && ContentHash.TryParse(name, out _));
        if (Names.TryParseSegment(name, out ulong min, out ulong max, out _))
            Assert.True((min % LogTime.PerSecond == 0 || min == ulong.MaxValue) && (max % LogTime.PerSecond == 0 || max == ulong.MaxValue));
        Assert.True(LogTime.TryParse(name, out ulong time) || time == 0);
    }

    private static byte[] FrameOfText(TestData data)
    {
        using var builder = new PacketBuilder();
        return data.Packet(builder, data.Events(3, 6), [data.Descriptor(), null, data.Descriptor()], data.Stamp()).Frame.ToArray();
    }

    private static byte[] FrameOfTemplates(TestData data)
    {
        using var builder = new PacketBuilder();
        EventRow[] rows = data.LogLines(BlockBuilder.TemplateEventsMin);
        Packet packet = data.Packet(builder, rows, new SourceDescriptor?[rows.Max(r => r.Source) + 1], data.Stamp());
        Assert.Equal(2, packet.Header.CodecVersion);
        return packet.Frame.ToArray();
    }

    private static byte[] StoredText(TestData data, int level)
    {
        byte[] bytes;
        do
            bytes = BlockTests.Encode(data.Events(3, 8), level);
        while (bytes[0] != 1 || bytes[1] != 1);
        return bytes;
    }

    private static byte[] FooterBytes(TestData data)
    {
        using var w = new ByteWriter();
        data.Footer().WriteTo(w);
        return w.Written.ToArray();
    }

    private static byte[] BucketFile(TestData data)
    {
        var disk = new MemoryDisk();
        using BucketFileWriter writer = BucketFileWriter.Open(disk, "/b");
        for (int i = 0; i < 4; i++)
            writer.Append(RecordType.Packet, default, data.Bytes(200));
        return disk.ReadAll("/b")!;
    }

    private static byte[] NameBytes(TestData data) =>
        Encoding.UTF8.GetBytes(Names.Segment(data.Number(), data.Number(), new ContentHash(data.Number()), strays: false));

    private static void MendTrailer(byte[] segment)
    {
        Span<byte> trailer = segment.AsSpan(segment.Length - SegmentTrailer.Bytes);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int packed = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        if (offset >= 0 && packed >= 0 && offset <= segment.Length - packed)
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[16..], Crc32C.Compute(segment.AsSpan((int)offset, packed)));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[28..], Crc32C.Compute(trailer[..28]));
        "TLSEGEND"u8.CopyTo(trailer[32..]);
    }
}
