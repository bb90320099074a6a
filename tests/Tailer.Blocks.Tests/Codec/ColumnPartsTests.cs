using System.Numerics;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>What codec 2 is built of, each against a plain reading of the page.</summary>
public sealed class ColumnPartsTests
{
    [Fact]
    public void Logarithms_are_rounded_down_sixteenths_of_a_bit()
    {
        for (int value = 1; value < 70_000; value++)
        {
            int shift = Math.Max(0, BitOperations.Log2((uint)value) - 11);
            // 16 log2 x is log2 of x to the 16th.
            long expected = (long)(BigInteger.Pow(value >> shift, 16).GetBitLength() - 1) + (16 * shift);
            Assert.True(expected == BitCost.Log2(value), $"{value}: {expected} but {BitCost.Log2(value)}");
        }
        Assert.Equal(16 * 31 - 1, BitCost.Log2(int.MaxValue));
    }

    [Property(MaxTest = 150)]
    public void Times_read_back_from_their_steps(int seed)
    {
        var random = new Random(seed);
        using var events = new BlockEvents();
        var times = new ulong[random.Next(1, 150)];
        // A share of steps too long for the rest, around where one more byte for all is cheaper.
        int bits = random.Next(1, 33), longer = random.Next(1, 33), percent = random.Next(20);
        ulong unit = (ulong)Math.Pow(10, random.Next(12)), time = (ulong)random.NextInt64();
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = time;
            events.Add(new Event { Source = 0, Offset = 0, Bytes = [], Time = time, Host = "", App = "" });
            ulong step = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - (random.Next(100) < percent ? bits + longer : bits));
            time += unit * (random.Next(3) == 0 ? 0 - step : step);
        }
        using var meta = new ByteWriter();
        using var planes = new ByteWriter();
        ulong[] steps = [];
        TimeSteps.Write(events, meta, planes, ref steps);
        CheckChoice(times, meta.Written, planes.Length);
        var read = new ulong[times.Length];
        var r = new SpanReader(meta.Written);
        Assert.True(TimeSteps.TryRead(ref r, planes.Written, read));
        Assert.True(r.AtEnd);
        Assert.Equal(times, read);
        for (int cut = 0; cut < meta.Length; cut += 1 + (meta.Length / 50))
        {
            r = new SpanReader(meta.Written[..cut]);
            Assert.False(TimeSteps.TryRead(ref r, planes.Written, read));
        }
        planes.U8(0);
        r = new SpanReader(meta.Written);
        Assert.False(TimeSteps.TryRead(ref r, planes.Written, read));
    }

    [Property(MaxTest = 40)]
    public void Ranks_are_places_in_a_list_of_what_was_used_last(int seed)
    {
        var random = new Random(seed);
        int streams = random.Next(1, 700);
        var writer = new StreamRanks(streams);
        var reader = new StreamRanks(streams);
        var list = new List<int>();
        writer.Reset();
        reader.Reset();
        for (int i = 0; i < 1500; i++)
        {
            int stream = list.Count < streams && random.Next(3) == 0 ? list.Count : list.Count == 0 ? 0 : random.Next(random.Next(2) == 0 ? list.Count : Math.Min(3, list.Count));
            int expected = list.IndexOf(stream);
            int rank = writer.Use(stream);
            Assert.Equal(expected < 0 ? list.Count : expected, rank);
            Assert.Equal(stream, reader.StreamAt(rank, streams));
            list.Remove(stream);
            list.Insert(0, stream);
        }
        Assert.Equal(-1, reader.StreamAt(list.Count + 1, streams + 5));
        Assert.Equal(-1, reader.StreamAt(list.Count, list.Count));
    }

    [Property(MaxTest = 100)]
    public void Values_are_counted_as_a_dictionary_counts_them(int seed)
    {
        var random = new Random(seed);
        var statistics = new ColumnValues();
        for (int round = 0; round < 3; round++)
        {
            string[] values = Values(random);
            byte[] text = [.. values.SelectMany(v => v.Select(c => (byte)c)), .. new byte[BlockEvents.TextSlackBytes]];
            var slots = new Slot[values.Length];
            for (int i = 0, at = 0; i < slots.Length; at += values[i++].Length)
                slots[i] = new Slot(HeadOf(values[i]), at, (byte)values[i].Length, SlotClass.Word);
            bool differ = statistics.Read(text, slots, [.. Enumerable.Range(0, slots.Length)], 0);
            Assert.Equal(
                (values.Min(v => v.Length), values.Max(v => v.Length), values.Sum(v => v.Length), values.Distinct().Count() > 1),
                (statistics.LengthMin, statistics.LengthMax, statistics.LengthSum, differ));
            statistics.CountDistinct(text);
            string[] distinct = [.. values.Distinct()];
            Assert.Equal(distinct.Length, statistics.Distinct);
            for (int d = 0; d < distinct.Length; d++)
            {
                Assert.Equal(values.Count(v => v == distinct[d]), statistics.Counts[d]);
                Assert.Equal(Array.IndexOf(values, distinct[d]), statistics.FirstOf(d));
            }
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(values[i], distinct[statistics.DistinctOf[i]]);
        }
    }

    /// <summary>The scale is the greatest that divides, the width the cheapest, as the page says.</summary>
    private static void CheckChoice(ulong[] times, ReadOnlySpan<byte> meta, int planeBytes)
    {
        long[] steps = [.. times.Zip(times.Skip(1), (a, b) => (long)(b - a))];
        var r = new SpanReader(meta);
        Assert.Equal(times[0], r.U64());
        int scale = r.U8(), width = r.U8();
        BigInteger unit = BigInteger.Pow(10, scale);
        Assert.DoesNotContain(steps, step => step % unit != 0);
        Assert.True(scale == TimeSteps.ScaleMax || steps.Any(step => step % (unit * 10) != 0));
        ulong[] folded = [.. steps.Select(step => (long)(step / unit)).Select(step => (ulong)(step << 1) ^ (ulong)(step >> 63))];
        Assert.Equal(width * folded.Length, planeBytes);
        long[] costs = [.. Enumerable.Range(1, 4).Select(w => ((long)w * folded.Length) + (9L * folded.Count(f => f >= (1UL << (8 * w)) - 1)))];
        Assert.Equal(folded.All(f => f == 0) ? 0 : Array.IndexOf(costs, costs.Min()) + 1, width);
    }

    /// <summary>Values up to a word's length are their own hash; longer ones alike but for one byte are where hashes go wrong.</summary>
    private static string[] Values(Random random)
    {
        int length = random.Next(1, 30), pool = random.Next(1, 40);
        string[] some = [.. Enumerable.Range(0, pool).Select(_ =>
        {
            char[] value = new string('a', random.Next(4) == 0 ? random.Next(1, 255) : length).ToCharArray();
            value[random.Next(value.Length)] = (char)('0' + random.Next(60));
            return new string(value);
        })];
        return [.. Enumerable.Range(0, random.Next(1, 500)).Select(_ => some[random.Next(pool)])];
    }

    private static ulong HeadOf(string value)
    {
        ulong head = 0;
        for (int i = Math.Min(value.Length, Slot.HeadBytes) - 1; i >= 0; i--)
            head = head << 8 | value[i];
        return head;
    }
}
