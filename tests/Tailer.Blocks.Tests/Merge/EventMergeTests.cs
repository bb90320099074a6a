using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Merge;

public sealed class EventMergeTests
{
    private static readonly SourceId A = new(10);
    private static readonly SourceId B = new(20);

    [Property(MaxTest = 300)]
    public void Reading_a_source_again_with_other_cuts_neither_loses_nor_repeats_a_byte(int seed)
    {
        var random = new Random(seed);
        var source = new RandomSource(random, A, 60);
        List<Packet> packets = RandomSource.Pack(random, source.Readings(random.Next(4)));

        List<TestLine> merged = Merge(Shuffled(packets, random));

        Assert.Equal(source.Content.ToArray(), merged.SelectMany(line => line.Bytes));
        ulong end = 0;
        foreach (TestLine line in merged)
        {
            Assert.Equal(end, line.Offset);
            end = line.End;
        }
    }

    [Property(MaxTest = 200)]
    public void The_result_depends_neither_on_order_nor_on_copies(int seed)
    {
        var random = new Random(seed);
        var a = new RandomSource(random, A, 50);
        var b = new RandomSource(random, B, 50);
        List<Packet> packets = RandomSource.Pack(random, [.. a.Readings(2, isDamaged: true), .. b.Readings(1)]);
        ContentHash expected = Hash(packets);

        Packet[] copies = [.. packets.Where(_ => random.Next(2) == 0).Select(Copy)];
        Assert.Equal(expected, Hash(Shuffled([.. packets, .. copies], random)));
    }

    [Property(MaxTest = 300)]
    public void Different_bytes_are_never_discarded(int seed)
    {
        var random = new Random(seed);
        var source = new RandomSource(random, A, 40);
        List<List<TestLine>> readings = [.. source.Readings(3, isDamaged: true)];
        List<TestLine> merged = Merge(Shuffled(RandomSource.Pack(random, readings), random));

        foreach (TestLine read in readings.SelectMany(lines => lines))
        {
            // What was read is there in events that agree with it wherever they meet it.
            var covered = new Coverage(merged.Where(kept => Agree(read, kept)).Select(kept => new ByteRange(kept.Offset, kept.End)));
            Assert.True(covered.Contains(new ByteRange(read.Offset, read.End)), $"{read.Text} at {read.Offset} is lost");
        }
    }

    [Property(MaxTest = 200)]
    public void What_an_earlier_segment_holds_is_not_taken_again(int seed)
    {
        var random = new Random(seed);
        var source = new RandomSource(random, A, 60);
        List<Packet> packets = RandomSource.Pack(random, source.Readings(3, isDamaged: random.Next(2) == 0));
        int cut = random.Next(packets.Count);
        List<TestLine> before = Merge(packets[..cut]);

        List<TestLine> after = Merge(packets[cut..], before);
        Assert.Equal(after.OrderBy(line => line.Offset), after);
        Assert.Empty(Merge(packets, [.. before, .. after]));
        if (!before.Concat(after).Any(line => line.Bytes.Contains((byte)'X')))
        {
            IEnumerable<TestLine> all = before.Concat(after).OrderBy(line => line.Offset);
            Assert.Equal(source.Content.ToArray(), all.SelectMany(line => line.Bytes));
        }
    }

    [Property(MaxTest = 100)]
    public void A_source_is_never_reordered_whatever_its_times(int seed)
    {
        var random = new Random(seed);
        var a = new RandomSource(random, A, 80);
        var b = new RandomSource(random, B, 80);
        List<TestLine> merged = Merge(RandomSource.Pack(random, [.. a.Readings(0), .. b.Readings(0)]));

        ulong reached = 0;
        var times = new Dictionary<SourceId, ulong>();
        var ends = new Dictionary<SourceId, ulong>();
        (ulong, SourceId) last = default;
        foreach (TestLine line in merged)
        {
            Assert.Equal(ends.GetValueOrDefault(line.Source), line.Offset);
            ends[line.Source] = line.End;
            ulong running = times[line.Source] = Math.Max(times.GetValueOrDefault(line.Source), line.Time);
            Assert.True((running, line.Source).CompareTo(last) >= 0);
            last = (running, line.Source);
            reached = Math.Max(reached, running);
        }
        Assert.Equal(merged.Max(line => line.Time), reached);
    }

    [Fact]
    public void An_unfinished_line_sent_early_and_then_whole_is_there_once_and_whole()
    {
        List<TestLine> merged = Merge([
            TestLine.Seal([new(A, 0, "hello wo", 5) { Flags = EventFlags.Partial }], 0),
            TestLine.Seal([new(A, 0, "hello world\n", 5)], 1)]);
        TestLine line = Assert.Single(merged);
        Assert.Equal("hello world\n", line.Text);
        Assert.Equal(EventFlags.None, line.Flags);
    }

    [Fact]
    public void The_rest_of_a_line_sealed_early_is_all_that_is_new()
    {
        List<TestLine> merged = Merge([TestLine.Seal([new(A, 0, "hello world\n", 5)], 1)], [new(A, 0, "hello wo", 5)]);
        TestLine line = Assert.Single(merged);
        Assert.Equal((8UL, "rld\n"), (line.Offset, line.Text));
    }

    [Fact]
    public void A_part_before_sealed_bytes_is_flagged_partial()
    {
        List<TestLine> merged = Merge([TestLine.Seal([new(A, 0, "hello world\n", 5)], 1)], [new(A, 6, "world\n", 5)]);
        TestLine line = Assert.Single(merged);
        Assert.Equal("hello ", line.Text);
        Assert.Equal(EventFlags.Partial, line.Flags);
    }

    [Fact]
    public void A_line_and_the_record_that_stood_in_its_place_are_no_conflict_the_line_is_kept()
    {
        using var merge = new EventMerge();
        merge.Add(TestLine.Seal([new(A, 0, "one\n", 5), new(A, 4, "sup\n", 6) { Flags = EventFlags.Altered }, new(A, 12, "four\n", 7)], 0));
        merge.Add(TestLine.Seal([new(A, 0, "one\n", 5), new(A, 4, "two\n", 6), new(A, 8, "six\n", 6)], 1));
        MergeResult result = merge.Merge();
        Assert.Equal(["one\n", "two\n", "six\n", "four\n"], TestLine.From(result.Inside).Select(line => line.Text));
        Assert.Empty(result.Conflicts);
    }

    [Fact]
    public void Of_a_masked_line_and_the_line_itself_the_line_is_kept_and_of_two_masked_ones_the_first_in_order()
    {
        using var merge = new EventMerge();
        merge.Add(TestLine.Seal([new(A, 0, "a=****\n", 5) { Flags = EventFlags.Altered }, new(A, 7, "b=****\n", 5) { Flags = EventFlags.Altered }], 0));
        merge.Add(TestLine.Seal([new(A, 0, "a=1234\n", 5), new(A, 7, "b=1***\n", 5) { Flags = EventFlags.Altered }], 1));
        MergeResult result = merge.Merge();
        Assert.Equal(["a=1234\n", "b=****\n"], TestLine.From(result.Inside).Select(line => line.Text));
        Assert.Empty(result.Conflicts);
    }

    [Fact]
    public void Lines_read_twice_and_judged_differently_are_there_once_in_whatever_order_packets_come()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var readings = Enumerable.Range(0, 3).Select(_ => Judged(random)).ToArray();
            Packet[] packets = [.. readings.Select((lines, i) => TestLine.Seal(lines, (ulong)i))];
            List<TestLine>? first = null;
            for (int order = 0; order < 3; order++)
            {
                using var merge = new EventMerge();
                random.Shuffle(packets);
                foreach (Packet packet in packets)
                    Assert.Equal(BlockError.None, merge.Add(packet));
                MergeResult result = merge.Merge();
                Assert.Empty(result.Conflicts);
                List<TestLine> merged = TestLine.From(result.Inside);
                first ??= merged;
                Assert.Equal(first.Select(l => (l.Offset, l.Text, l.Flags)), merged.Select(l => (l.Offset, l.Text, l.Flags)));
            }
            var own = new Coverage();
            var all = new Coverage();
            foreach (TestLine line in first!)
            {
                var range = new ByteRange(line.Offset, line.End);
                Assert.False(all.Intersects(range), $"seed {seed}: {range} twice");
                all.Add(range);
                if (!line.Flags.HasFlag(EventFlags.Altered))
                    own.Add(range);
            }
            Assert.All(readings.SelectMany(r => r), line => Assert.True(
                (line.Flags.HasFlag(EventFlags.Altered) ? all : own).Contains(new ByteRange(line.Offset, line.End)), $"seed {seed}: {line.Offset}"));
        }

        // Twenty lines of ten bytes; some sent, some masked, some in a run replaced by a record.
        static List<TestLine> Judged(Random random)
        {
            List<TestLine> lines = [];
            for (int i = 0; i < 20; i++)
            {
                ulong offset = (ulong)i * 10;
                switch (random.Next(4))
                {
                    case 0:
                        int run = random.Next(1, 5);
                        lines.Add(new TestLine(A, offset, $"suppressed {run}"[..Math.Min(12, run * 10)] + "\n", 5) { Flags = EventFlags.Altered });
                        i += Math.Max(run, 2);
                        break;
                    case 1:
                        lines.Add(new TestLine(A, offset, $"line {i:00}**\n", 5) { Flags = EventFlags.Altered });
                        break;
                    default:
                        lines.Add(new TestLine(A, offset, $"line {i:00}..\n", 5));
                        break;
                }
            }
            return lines;
        }
    }

    [Fact]
    public void Other_bytes_at_the_same_place_are_kept_and_reported()
    {
        using var merge = new EventMerge();
        merge.Add(TestLine.Seal([new(A, 0, "one\n", 5), new(A, 4, "two\n", 5)], 0));
        merge.Add(TestLine.Seal([new(A, 0, "one\n", 6), new(A, 4, "six\n", 6)], 1));
        MergeResult result = merge.Merge();
        Assert.Equal(["one\n", "six\n", "two\n"], TestLine.From(result.Inside).Select(line => line.Text).Order());
        Assert.Equal([(A, new ByteRange(4, 8))], result.Conflicts);
        Assert.Equal(4, result.RepeatedBytes);
    }

    [Fact]
    public void A_mix_of_two_conflicting_lines_is_a_third_line()
    {
        List<TestLine> merged = Merge([
            TestLine.Seal([new(A, 0, "aa", 5)], 0),
            TestLine.Seal([new(A, 0, "bb", 5)], 1),
            TestLine.Seal([new(A, 0, "ab", 5)], 2)]);
        Assert.Equal(["aa", "ab", "bb"], merged.Select(line => line.Text));
    }

    [Fact]
    public void Of_the_same_line_the_one_with_a_time_of_its_own_stays()
    {
        List<TestLine> merged = Merge([
            TestLine.Seal([new(A, 0, "line\n", 3) { Flags = EventFlags.TimeInherited }], 0),
            TestLine.Seal([new(A, 0, "line\n", 9)], 1)]);
        Assert.Equal(9UL, Assert.Single(merged).Time);
    }

    [Fact]
    public void Events_outside_the_times_asked_for_are_strays_and_do_not_delay_the_others()
    {
        using var merge = new EventMerge();
        merge.Add(TestLine.Seal([new(A, 0, "a", 100), new(A, 1, "b", 9_000), new(A, 2, "c", 101)], 0));
        merge.Add(TestLine.Seal([new(B, 0, "d", 102)], 1));
        MergeResult result = merge.Merge(100, 200);
        Assert.Equal(["a", "c", "d"], TestLine.From(result.Inside).Select(line => line.Text));
        Assert.Equal("b", Assert.Single(TestLine.From(result.Strays)).Text);
        Assert.Equal([A], result.Strays.Sources.Select(source => source.Id));
        Assert.Equal([new ByteRange(0, 3)], result.Coverage.Find(A)!);
    }

    [Fact]
    public void A_packet_that_cannot_be_decoded_adds_nothing()
    {
        byte[] frame = TestLine.Seal([new(A, 0, "text", 1)], 0).Frame.ToArray();
        FrameHeader.TryRead(frame, out FrameHeader? header);
        frame[header!.HeaderBytes] = 99;
        var crc = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc32C.Compute(header.Payload(frame)));
        crc.CopyTo(frame.AsSpan(frame.Length - 4));
        Packet packet = Packet.TryRead(frame, out _)!;

        using var merge = new EventMerge();
        Assert.Equal(BlockError.UnknownCodec, merge.Add(packet));
        Assert.Empty(merge.Packets);
        Assert.Equal(0, merge.Merge().Inside.Count);
    }

    [Fact]
    public void The_best_description_wins_wherever_it_came_from()
    {
        using var merge = new EventMerge();
        merge.Add(TestLine.Seal([new(A, 0, "x\n", 1)], 0));
        merge.Describe(TestLine.Describe(A) with { FinalLength = 2 });
        merge.Describe(TestLine.Describe(B));
        Assert.Equal(2UL, Assert.Single(merge.Merge().Inside.Sources).FinalLength);
    }

    private static List<TestLine> Merge(IEnumerable<Packet> packets, IReadOnlyList<TestLine>? earlier = null)
    {
        using var merge = new EventMerge();
        foreach (Packet packet in packets)
            Assert.Equal(BlockError.None, merge.Add(packet));
        var coverage = new CoverageMap();
        foreach (TestLine line in earlier ?? [])
            coverage.Add(line.Source, new ByteRange(line.Offset, line.End));
        CoverageMap overlap = merge.OverlapWith(coverage);
        foreach (TestLine line in earlier ?? [])
        {
            if (overlap.Intersects(line.Source, new ByteRange(line.Offset, line.End)))
                merge.AddEarlier(line.Source, line.Offset, line.Bytes);
        }
        return TestLine.From(merge.Merge().Inside);
    }

    private static ContentHash Hash(IEnumerable<Packet> packets)
    {
        using var merge = new EventMerge();
        foreach (Packet packet in packets)
            merge.Add(packet);
        MergedEvents events = merge.Merge().Inside;
        using var hash = new CanonicalHash([.. events.Sources.Select(source => new SegmentSource(source, 0, []))]);
        for (int i = 0; i < events.Count; i++)
            hash.Add(events[i]);
        return hash.Finish();
    }

    private static Packet Copy(Packet packet) => Packet.TryRead(packet.Frame.ToArray(), out _)!;

    private static List<Packet> Shuffled(List<Packet> packets, Random random)
    {
        Packet[] shuffled = [.. packets];
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private static bool Agree(TestLine read, TestLine kept)
    {
        for (ulong at = Math.Max(read.Offset, kept.Offset); at < Math.Min(read.End, kept.End); at++)
        {
            if (read.Bytes[at - read.Offset] != kept.Bytes[at - kept.Offset])
                return false;
        }
        return true;
    }
}
