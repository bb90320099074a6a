using System.Buffers.Binary;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class FrameTests
{
    [Property(MaxTest = 200)]
    public void A_packet_reads_back_whatever_is_in_it(int seed)
    {
        var random = new Random(seed);
        var data = new TestData(random);
        SourceDescriptor?[] descriptors = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(2) == 0 ? data.Descriptor() : null)];
        EventRow[] rows = data.Events(descriptors.Length, 100);
        PacketStamp stamp = data.Stamp();
        using var builder = new PacketBuilder();
        Packet packet = data.Packet(builder, rows, descriptors, stamp);
        Assert.True(builder.IsEmpty);

        Packet? read = Packet.TryRead(packet.Frame.ToArray(), out FrameError error);
        Assert.Equal(FrameError.None, error);
        Assert.Equal(Packet.IdOf(packet.Frame.Span), read!.Id);
        FrameHeader h = read.Header;
        Assert.Equal(
            (stamp.Agent, stamp.Epoch, stamp.Number, stamp.SealedTime, stamp.BucketSeconds, stamp.ParserVersion),
            (h.Agent, h.Epoch, h.Number, h.SealedTime, h.BucketSeconds, h.ParserVersion));
        Assert.Equal((stamp.Flags, stamp.BoundaryCopy, stamp.Copies), (h.Flags, h.BoundaryCopy, h.Copies));
        Assert.Equal(
            (rows.Min(r => r.Time), rows.Max(r => r.Time), rows.Length, rows.Sum(r => r.Bytes.Length)),
            (h.EventTimeMin, h.EventTimeMax, h.Events, h.RawBytes));
        Assert.True(h.Bucket <= stamp.SealedTime && h.Bucket % h.BucketWidth == 0);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, read.TryDecode(block));
        Assert.Equal(rows, EventRow.Of(block));
        for (int i = 0; i < descriptors.Length; i++)
            CheckRange(h.Sources[i], descriptors[i], [.. rows.Where(r => r.Source == i)]);
    }

    [Fact]
    public void Every_cut_of_a_frame_is_truncated_and_more_bytes_are_refused()
    {
        byte[] frame = Sample();
        for (int cut = 0; cut < frame.Length; cut++)
        {
            Assert.Equal(FrameError.Truncated, FrameHeader.TryReadFrame(frame.AsSpan(0, cut), out FrameHeader? none));
            Assert.Null(none);
        }
        Assert.NotEqual(FrameError.None, FrameHeader.TryReadFrame([.. frame, 0], out _));
    }

    [Fact]
    public void A_header_is_read_without_its_payload()
    {
        byte[] frame = Sample();
        Assert.Equal(FrameError.None, FrameHeader.TryReadFrame(frame, out FrameHeader? whole));
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame.AsSpan(0, whole!.HeaderBytes), out FrameHeader? header));
        Assert.Equal(whole.Number, header!.Number);
        Assert.Equal(frame.Length, header.FrameBytes);
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        byte[] frame = Sample();
        for (int bit = 0; bit < frame.Length * 8; bit += bit < 2000 ? 1 : 3)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameError.None, FrameHeader.TryReadFrame(frame, out _));
            Assert.Null(Packet.TryRead(frame, out _));
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.NotNull(Packet.TryRead(frame, out _));
    }

    [Fact]
    public void Each_failure_has_its_name()
    {
        Assert.Equal(FrameError.NoMagic, After(f => f[0]++));
        Assert.Equal(FrameError.UnknownVersion, After(f => f[12]++));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 4, Limits.FrameBytesMax + 1)));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 8, 84)));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 8, (uint)f.Length)));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 8, uint.MaxValue)));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 8, uint.MaxValue - 3)));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 8, 0x8000_0000)));
        Assert.Equal(FrameError.HeaderChecksum, After(f => f[32]++));
        Assert.Equal(FrameError.PayloadChecksum, After(f => f[^5]++));
        Assert.Equal(FrameError.PayloadChecksum, After(f => f[^1]++));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 64, Limits.BlockEventsMax + 1), mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => Put(f, 68, Limits.BlockBodyBytesMax + 1), mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => f[72] = f[73] = 0, mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => f[75] = 0, mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => f[75] = 4, mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => f[78] = 0, mend: true));
        Assert.Equal(FrameError.OverLimits, After(f => f[79] = 1, mend: true));
        Assert.Equal(FrameError.DamagedSources, After(f => f[76]++, mend: true));
        Assert.Equal(FrameError.DamagedSources, After(f => f[76]--, mend: true));
        Assert.Equal(FrameError.None, After(f => f[32]++, mend: true));
    }

    [Theory]
    [InlineData(Limits.PacketRawBytesTarget)]
    [InlineData(Limits.PacketRawBytesBehind)]
    public void A_full_builder_makes_a_frame_within_the_limit_whatever_fills_it(int target)
    {
        var random = new Random(3);
        var data = new TestData(random);
        using var builder = new PacketBuilder();
        for (int filling = 0; filling < 6; filling++)
        {
            ulong n = 0;
            while (!builder.IsFull(target))
            {
                n++;
                // The last is of everything.
                int kind = filling < 5 ? filling : random.Next(5);
                byte[] bytes = new byte[kind switch { 0 => Limits.EventBytesMax, 1 => 4, _ => 20 }];
                random.NextBytes(bytes);
                SourceDescriptor? descriptor = kind switch
                {
                    2 => new SourceDescriptor { Id = new SourceId(n), Agent = "a", Host = "h", Path = "/p", Tags = [.. Enumerable.Range(0, 29).Select(i => KeyValuePair.Create($"{i}{n}{Noise(random, 200)}", Noise(random, 250)))] },
                    3 => new SourceDescriptor { Id = new SourceId(n), Agent = "a", Host = "h", Path = "/" + Noise(random, 4000) },
                    _ => null,
                };
                int source = builder.Source(descriptor?.Id ?? new SourceId(kind == 1 && filling == 1 ? 1 : n), descriptor);
                new EventRow(source, kind == 1 && filling == 1 ? n << 40 : 0, bytes, data.Number(), 0, 0, (uint)random.Next(), kind == 4 ? Noise(random, 255) : "h", kind == 4 ? Noise(random, 255) : "").AddTo(builder);
            }
            Packet packet = builder.Seal(data.Stamp());
            Assert.InRange(packet.Frame.Length, 50_000, Limits.FrameBytesMax);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_too_much_for_a_frame_goes_in_halves_of_halves(int seed)
    {
        var random = new Random(seed);
        var data = new TestData(random);
        using var builder = new PacketBuilder();
        var ends = new ulong[5];
        SourceDescriptor?[] descriptors = [.. ends.Select((_, i) => i == 3 ? null : data.Descriptor() with { Id = new SourceId((ulong)i + 1) })];
        var starts = new ulong?[ends.Length];
        var expected = new List<EventRow>();
        while (!builder.IsFull(Limits.PacketRawBytesFarBehind))
        {
            int s = random.Next(ends.Length), source = builder.Source(new SourceId((ulong)s + 1), descriptors[s], mayRepeat: s == 2);
            ulong hole = random.Next(50) == 0 ? (ulong)random.Next(1, 100) : 0;
            bool isRule = hole > 0 && random.Next(2) == 0;
            if (isRule)
                builder.Skip(source, ends[s], ends[s] + hole);
            starts[s] ??= isRule ? 0 : hole;
            byte[] bytes = new byte[random.Next(100) == 0 ? Limits.EventBytesMax : random.Next(300)];
            random.NextBytes(bytes);
            var row = new EventRow(s, ends[s] + hole, bytes, data.Number(), (EventFlags)random.Next(256), (Severity)random.Next(9), (uint)random.Next(4), data.Name(), data.Name());
            (row with { Source = source }).AddTo(builder);
            expected.Add(row);
            ends[s] = row.End;
        }
        builder.Skip(builder.Source(new SourceId(1), descriptors[0]), ends[0], ends[0] += 7);
        List<Packet> packets = Seal(builder, data.Stamp());
        Assert.InRange(packets.Count, 3, 8);
        Assert.Equal(expected, packets.SelectMany(Rows));
        for (int s = 0; s < ends.Length; s++)
        {
            SourceRange[] ranges = [.. packets.SelectMany(p => p.Header.Sources).Where(r => r.Source == new SourceId((ulong)s + 1))];
            Assert.Equal((starts[s], ends[s]), (ranges[0].From, ranges[^1].To));
            Assert.Equal(ranges.Skip(1).Select(r => r.From), ranges.SkipLast(1).Select(r => r.To));
            Assert.All(ranges, r => Assert.Equal((s == 2, descriptors[s]?.Path), (r.MayRepeat, r.Descriptor?.Path)));
        }

        static List<Packet> Seal(PacketBuilder from, PacketStamp stamp)
        {
            int count = from.Count;
            if (from.TrySeal(stamp) is { } packet)
                return [packet];
            Assert.Equal(count, from.Count);
            (PacketBuilder first, PacketBuilder second) = from.Halves();
            using (first)
            using (second)
                return [.. Seal(first, stamp), .. Seal(second, stamp)];
        }

        static EventRow[] Rows(Packet packet)
        {
            using var block = new DecodedBlock();
            Assert.Equal(BlockError.None, packet.TryDecode(block));
            return [.. EventRow.Of(block).Select(row => row with { Source = (int)(ulong)packet.Header.Sources[row.Source].Source.Value - 1 })];
        }
    }

    [Fact]
    public void May_repeat_once_said_stays_said_also_for_the_source_used_last()
    {
        SourceDescriptor descriptor = new TestData(new Random(1)).Descriptor();
        using var builder = new PacketBuilder();
        Assert.Equal(0, builder.Source(descriptor.Id, descriptor));
        Assert.Equal(0, builder.Source(descriptor.Id, descriptor, mayRepeat: true));
        Assert.Equal(0, builder.Source(descriptor.Id, descriptor));
        new EventRow(0, 0, [1], 1, 0, 0, 0, "h", "").AddTo(builder);
        SourceRange range = builder.Seal(new TestData(new Random(1)).Stamp()).Header.Sources.Single();
        Assert.True(range.MayRepeat);
        Assert.NotNull(range.Descriptor);
    }

    [Fact]
    public void The_descriptor_given_last_is_the_one_in_the_packet()
    {
        SourceDescriptor first = new TestData(new Random(1)).Descriptor() with { PrefixBytes = 1 };
        using var builder = new PacketBuilder();
        builder.Source(first.Id, first);
        builder.Source(first.Id, first with { PrefixBytes = 2 });
        builder.Source(first.Id, null);
        new EventRow(0, 0, [1], 1, 0, 0, 0, "h", "").AddTo(builder);
        Assert.Equal(2, builder.Seal(new TestData(new Random(1)).Stamp()).Header.Sources.Single().Descriptor!.PrefixBytes);
    }

    [Fact]
    public void Events_of_a_source_out_of_order_or_too_long_are_refused_and_the_packet_stays_as_it_was()
    {
        using var builder = new PacketBuilder();
        builder.Source(new SourceId(1), null);
        var row = new EventRow(0, 10, [1, 2], 1, 0, 0, 0, "h", "");
        row.AddTo(builder);
        Assert.Throws<InvalidOperationException>(() => (row with { Offset = 11 }).AddTo(builder));
        Assert.Throws<ArgumentOutOfRangeException>(() => (row with { Offset = 12, Bytes = new byte[Limits.EventBytesMax + 1] }).AddTo(builder));
        Assert.Throws<ArgumentException>(() => (row with { Offset = 12, Host = new string('x', 300) }).AddTo(builder));
        (row with { Offset = 12 }).AddTo(builder);
        SourceRange range = builder.Seal(new TestData(new Random(1)).Stamp()).Header.Sources.Single();
        Assert.Equal((10UL, 14UL, 2, false), (range.From, range.To, range.Events, range.HasHoles));
    }

    [Fact]
    public void What_a_rule_took_out_before_between_and_behind_events_is_in_the_range_and_makes_holes()
    {
        using var builder = new PacketBuilder();
        builder.Source(new SourceId(1), null);
        builder.Skip(0, 10, 20);
        new EventRow(0, 20, [1, 2], 1, 0, 0, 0, "h", "").AddTo(builder);
        builder.Skip(0, 22, 30);
        Assert.Throws<InvalidOperationException>(() => builder.Skip(0, 29, 31));
        Assert.Throws<InvalidOperationException>(() => builder.Skip(0, 30, 30));
        Assert.Throws<InvalidOperationException>(() => new EventRow(0, 29, [1], 1, 0, 0, 0, "h", "").AddTo(builder));
        SourceRange range = builder.Seal(new TestData(new Random(1)).Stamp()).Header.Sources.Single();
        Assert.Equal((10UL, 30UL, 1, true), (range.From, range.To, range.Events, range.HasHoles));
    }

    [Fact]
    public void A_stamp_no_reader_would_take_is_refused()
    {
        PacketStamp stamp = new TestData(new Random(1)).Stamp();
        foreach (PacketStamp wrong in (PacketStamp[])[stamp with { Agent = "" }, stamp with { Agent = new string('a', 256) }, stamp with { Copies = 0 }, stamp with { Copies = 4 }, stamp with { BucketSeconds = 0 }, stamp with { BucketSeconds = 65_536 }])
        {
            using var builder = new PacketBuilder();
            Assert.Throws<InvalidOperationException>(() => builder.Seal(stamp));
            builder.Source(new SourceId(1), null);
            new EventRow(0, 0, [1], 1, 0, 0, 0, "h", "").AddTo(builder);
            Assert.ThrowsAny<ArgumentException>(() => builder.Seal(wrong));
            Assert.NotNull(builder.Seal(stamp));
        }
    }

    internal static byte[] Sample()
    {
        var data = new TestData(new Random(42));
        using var builder = new PacketBuilder();
        return data.Packet(builder, data.Events(3, 10), [data.Descriptor() with { Path = "/p", Cursor = default }, null, null], data.Stamp()).Frame.ToArray();
    }

    internal static void Mend(byte[] frame)
    {
        uint header = BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(8));
        if (header < 16 || header > frame.Length - 4)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan((int)header - 4), Crc32C.Compute(frame.AsSpan(0, (int)header - 4)));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - 4), Crc32C.Compute(frame.AsSpan((int)header, frame.Length - 4 - (int)header)));
    }

    private static FrameError After(Action<byte[]> change, bool mend = false)
    {
        byte[] frame = Sample();
        change(frame);
        if (mend)
            Mend(frame);
        return FrameHeader.TryReadFrame(frame, out _);
    }

    private static void Put(byte[] frame, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at), value);

    private static string Noise(Random random, int chars) => string.Create(chars, random, (to, r) =>
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = (char)r.Next(33, 127);
    });

    private static void CheckRange(SourceRange range, SourceDescriptor? descriptor, EventRow[] mine)
    {
        if (descriptor is not null)
            Same.Descriptor(descriptor, range.Descriptor);
        else
            Assert.Null(range.Descriptor);
        Assert.Equal(mine.Length, range.Events);
        Assert.Equal(mine.Length == 0 ? 0 : mine[0].Offset, range.From);
        Assert.Equal(mine.Length == 0 ? 0 : mine[^1].End, range.To);
        Assert.Equal(mine.Zip(mine.Skip(1)).Any(pair => pair.First.End != pair.Second.Offset), range.HasHoles);
    }
}
