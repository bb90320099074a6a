using System.Buffers.Binary;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

/// <summary>
/// Every decoder on input nobody vouches for: it never throws, and the memory it takes is bounded by what is there. Checksums are
/// mended after most changes, or nothing behind them would be tested. TAILER_SOAK=1 makes a hundred times as many.
/// </summary>
public sealed class FuzzTests
{
    private const int Samples = 12;

    /// <summary>Memory per byte of input: a skip of a manifest takes 3 bytes there and 24 in memory, a tag 2 and 64.</summary>
    private const int AllocatedPerByte = 48;
    private const int AllocatedFixed = 32 * 1024;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("TAILER_SOAK") == "1" ? 4_000_000 : 40_000;

    [Fact]
    public void Descriptors() => Fuzz(data => data.Descriptor().ToArray(), mend: null, bytes => SourceDescriptor.TryRead(bytes)?.ToArray());

    [Fact]
    public void Frames() => Fuzz(FrameBytes, FrameTests.Mend, bytes =>
    {
        FrameHeader.TryRead(bytes, out _);
        FrameHeader.TryReadFrame(bytes, out _);
    });

    [Fact]
    public void Packets_and_their_blocks()
    {
        using var block = new DecodedBlock();
        block.TryDecode(BlockTests.Encode(new TestData(new Random(1)).Events(1, 1000), 1), 1);
        Fuzz(FrameBytes, FrameTests.Mend, bytes => Packet.TryRead(bytes, out _)?.TryDecode(block));
    }

    [Fact]
    public void Stored_blocks()
    {
        using var block = new DecodedBlock();
        Fuzz(
            data =>
            {
                byte[] bytes;
                do
                    bytes = BlockTests.Encode(data.Events(3, 8), -100);
                while (bytes[1] != 1);
                return bytes;
            },
            mend: null,
            bytes =>
            {
                if (block.TryDecode(bytes, 3) != BlockError.None)
                    return;
                for (int i = 0; i < block.Count; i++)
                    Assert.True(block[i].End >= block[i].Offset && block[i].Source < 3 && block[i].Host.Length <= 255 && block[i].App.Length <= 255);
                // What can be read can be written again.
                Assert.NotEmpty(BlockTests.Encode(EventRow.Of(block), 1));
            },
            // A builder is made each time.
            allocatedPerByte: 10_000, allocatedFixed: 1024 * 1024);
    }

    [Fact]
    public void Compressed_blocks()
    {
        using var block = new DecodedBlock();
        Fuzz(data => BlockTests.Encode(data.LogLines(200), 1), mend: null, bytes => block.TryDecode(bytes, 6), allocatedPerByte: 40_000);
    }

    [Fact]
    public void Compressed_blocks_of_plain_text()
    {
        using var block = new DecodedBlock();
        byte[] golden = Golden.GoldenFile.Bytes("block-zstd.hex");
        // zstd holds up to 32 KiB per byte, and pools double.
        Fuzz(_ => golden, mend: null, bytes => block.TryDecode(bytes, 1), allocatedPerByte: 70_000);
    }

    [Fact]
    public void Short_blocks()
    {
        using var block = new DecodedBlock();
        Fuzz(data => BlockTests.Encode(data.LogLines(12), 1), mend: null, bytes => block.TryDecode(bytes, 6), allocatedPerByte: 40_000);
    }

    /// <summary>Behind the compression, which hides most changes: what the body may say.</summary>
    [Fact]
    public void Bodies_of_short_blocks()
    {
        using var block = new DecodedBlock();
        Fuzz(data => ShortBlockTests.BodyOf(BlockTests.Encode(data.LogLines(12), 1)), mend: null, bytes =>
        {
            if (bytes.Length > ShortBlockEncoder.BytesMax || ShortBlockTests.BlockOf(bytes, 12) is not { } packed)
                return;
            Assert.NotEqual(BlockError.DamagedBody, block.TryDecode(packed, 6));
        }, allocatedPerByte: 40_000);
    }

    [Fact]
    public void Manifests() => Fuzz(data => data.Manifest().ToArray(), ManifestTests.Mend, bytes =>
    {
        if (Manifest.TryRead(bytes) is { } manifest)
            Assert.All(manifest.Sources, s => Assert.True(s.To >= s.From && s.Skips.All(skip => skip.To >= skip.From)));
    });

    [Fact]
    public void Footers() => Fuzz(
        data =>
        {
            using var w = new ByteWriter();
            data.Footer().WriteTo(w);
            return w.Written.ToArray();
        },
        mend: null,
        bytes =>
        {
            if (SegmentFooterReader.TryRead(bytes) is not { } footer)
                return;
            Assert.True(footer is { Events: >= 0, RawBytes: >= 0, Conflicts: >= 0 });
            Assert.All(footer.Sources.SelectMany(s => s.Coverage), range => Assert.True(range.To >= range.From));
            Assert.All(footer.Gaps, gap => Assert.True(gap.To >= gap.From));
        });

    [Fact]
    public void Segments()
    {
        using var block = new DecodedBlock();
        Fuzz(_ => SegmentTests.Sample(), MendTrailer, bytes =>
        {
            using SegmentReader? segment = SegmentReader.TryOpen(new ArrayFile(bytes), out _);
            for (int i = 0; i < segment?.Footer.Blocks.Count; i++)
                segment.TryReadBlock(i, block);
        }, allocatedPerByte: 40_000);
    }

    [Fact]
    public void Bucket_files() => Fuzz(
        data =>
        {
            var disk = new MemoryDisk();
            using BucketFileWriter writer = BucketFileWriter.Open(disk, "/b");
            for (int i = 0; i < 4; i++)
                writer.Append(RecordType.Packet, default, data.Bytes(200));
            return disk.ReadAll("/b")!;
        },
        mend: null,
        bytes =>
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
        },
        allocatedFixed: 600 * 1024);

    [Fact]
    public void Names_of_files()
    {
        Fuzz(
            data => System.Text.Encoding.UTF8.GetBytes(Names.Segment(data.Number(), data.Number(), new ContentHash(data.Number()), strays: false)),
            mend: null,
            bytes =>
            {
                string name = System.Text.Encoding.Latin1.GetString(bytes);
                string half = name[..(name.Length / 2)];
                Assert.False(Names.TryParseBucket(name, name, out _) || Names.TryParseBucket(half, name, out _));
                Assert.False(Names.TryParseSpan(name, half, out _) && ContentHash.TryParse(name, out _));
                if (Names.TryParseSegment(name, out ulong min, out ulong max, out _))
                    Assert.True((min % LogTime.PerSecond == 0 || min == ulong.MaxValue) && (max % LogTime.PerSecond == 0 || max == ulong.MaxValue));
                Assert.True(LogTime.TryParse(name, out ulong time) || time == 0);
            });
    }

    private static byte[] FrameBytes(TestData data)
    {
        using var builder = new PacketBuilder();
        return data.Packet(builder, data.Events(3, 6), [data.Descriptor(), null, data.Descriptor()], data.Stamp()).Frame.ToArray();
    }

    /// <summary>Every cut of the samples, and random changes to them. The input that fails is in the message.</summary>
    private static void Fuzz(
        Func<TestData, byte[]> make, Action<byte[]>? mend, Action<byte[]> decode, int allocatedPerByte = AllocatedPerByte, int allocatedFixed = AllocatedFixed)
    {
        var random = new Random(20260312);
        byte[][] samples = [.. Enumerable.Range(0, Samples).Select(i => make(new TestData(new Random(i))))];
        foreach (byte[] sample in samples)
        {
            // Twice, so that what is made once is made.
            Try(sample, decode, int.MaxValue, int.MaxValue);
            Try(sample, decode, allocatedPerByte, allocatedFixed);
            int step = Math.Max(1, sample.Length / 500);
            for (int cut = 0; cut < sample.Length; cut += step)
                Try(sample[..cut], decode, allocatedPerByte, allocatedFixed);
        }
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = Change(random, samples[random.Next(samples.Length)], samples);
            if (mend is not null && input.Length >= 100 && random.Next(8) > 0)
                mend(input);
            Try(input, decode, allocatedPerByte, allocatedFixed);
        }
    }

    private static void Try(byte[] input, Action<byte[]> decode, int allocatedPerByte, int allocatedFixed)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            decode(input);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType().Name} on {Convert.ToHexString(input)}", e);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > allocatedFixed + ((long)allocatedPerByte * input.Length))
            throw new InvalidOperationException($"{allocated} bytes allocated for {input.Length}: {Convert.ToHexString(input)}");
    }

    private static byte[] Change(Random random, byte[] sample, byte[][] samples)
    {
        var input = new List<byte>(sample);
        for (int n = random.Next(1, 4); n > 0 && input.Count > 0; n--)
        {
            int at = random.Next(random.Next(3) == 0 ? Math.Min(input.Count, 120) : input.Count);
            switch (random.Next(8))
            {
                case 0: input[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: input[at] = (byte)random.Next(256); break;
                case 2: Overwrite(input, at, Hostile(random)); break;
                case 3: input.InsertRange(at, Hostile(random)); break;
                case 4: input.RemoveRange(at, Math.Min(random.Next(1, 20), input.Count - at)); break;
                case 5: input.RemoveRange(at, input.Count - at); break;
                case 6: input.InsertRange(at, input.GetRange(at, Math.Min(random.Next(1, 100), input.Count - at))); break;
                default:
                    byte[] other = samples[random.Next(samples.Length)];
                    int from = random.Next(other.Length);
                    Overwrite(input, at, other[from..Math.Min(other.Length, from + random.Next(1, 60))]);
                    break;
            }
        }
        return [.. input];
    }

    /// <summary>Varints and numbers at the edges of what fits.</summary>
    private static byte[] Hostile(Random random)
    {
        if (random.Next(3) == 0)
            return [.. Enumerable.Repeat((byte)(random.Next(2) == 0 ? 0xff : 0), random.Next(1, 12))];
        ulong value = (1UL << random.Next(64)) + (ulong)random.Next(-1, 2);
        if (random.Next(4) == 0)
            return BitConverter.GetBytes(value)[..(1 << random.Next(4))];
        using var w = new ByteWriter();
        w.Varint(value);
        return w.Written.ToArray();
    }

    private static void Overwrite(List<byte> input, int at, byte[] with)
    {
        for (int i = 0; i < with.Length && at + i < input.Count; i++)
            input[at + i] = with[i];
    }

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

    /// <summary>A file over an array, so that what is measured is the decoder's.</summary>
    private sealed class ArrayFile(byte[] bytes) : IDiskFile
    {
        public string Path => "array";

        public long Length => bytes.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            if (offset >= bytes.Length)
                return 0;
            int count = (int)Math.Min(buffer.Length, bytes.Length - offset);
            bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> from, long offset) => throw new NotSupportedException("the array is only read");

        public void SetLength(long length) => throw new NotSupportedException("the array is only read");

        public void Sync() => throw new NotSupportedException("the array is only read");

        public void Dispose()
        {
        }
    }
}
