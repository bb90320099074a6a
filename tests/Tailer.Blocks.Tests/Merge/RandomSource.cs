namespace Tailer.Blocks.Tests.Merge;

/// <summary>A source with random bytes, read several times with different framings: whole lines, lines cut early, parts again.</summary>
internal sealed class RandomSource(Random random, SourceId id, int bytes)
{
    private readonly byte[] content = [.. Enumerable.Range(0, bytes).Select(_ => (byte)('a' + random.Next(3)))];

    public SourceId Id => id;

    public ReadOnlySpan<byte> Content => content;

    /// <summary>One reading of a part of the source, cut at random places; with <paramref name="isDamaged"/> some bytes differ.</summary>
    public List<TestLine> Read(int from, int to, bool isDamaged = false)
    {
        List<TestLine> lines = [];
        while (from < to)
        {
            int length = Math.Min(to - from, 1 + random.Next(9));
            byte[] line = content.AsSpan(from, length).ToArray();
            if (isDamaged && random.Next(3) == 0)
                line[random.Next(length)] = (byte)'X';
            lines.Add(new TestLine(id, (ulong)from, line, (ulong)(1000 + random.Next(20))));
            from += length;
        }
        return lines;
    }

    /// <summary>The whole source in one reading, and some parts of it again, each cut anew.</summary>
    public IEnumerable<List<TestLine>> Readings(int repeats, bool isDamaged = false)
    {
        yield return Read(0, content.Length);
        for (int i = 0; i < repeats; i++)
        {
            int from = random.Next(content.Length);
            yield return Read(from, random.Next(from, content.Length) + 1, isDamaged);
        }
    }

    /// <summary>Packets of a reading: every few lines one.</summary>
    public static List<Packet> Pack(Random random, IEnumerable<List<TestLine>> readings)
    {
        List<Packet> packets = [];
        foreach (List<TestLine> reading in readings)
        {
            for (int i = 0; i < reading.Count;)
            {
                int count = Math.Min(1 + random.Next(6), reading.Count - i);
                packets.Add(TestLine.Seal(reading.GetRange(i, count), (ulong)packets.Count));
                i += count;
            }
        }
        return packets;
    }
}
