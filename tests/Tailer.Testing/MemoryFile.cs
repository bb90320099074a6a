namespace Tailer.Testing;

/// <summary>A file's bytes now and on the disk. Without power, sectors written since the last sync may be there or not, each for itself.</summary>
internal sealed class MemoryFile : MemoryNode
{
    private const int SectorBytes = 512;

    private byte[] bytes = [];
    private byte[] durable = [];
    private readonly HashSet<int> forgotten = [];
    private int length;

    public int Length => length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public void Write(ReadOnlySpan<byte> from, int offset)
    {
        Reserve(offset + from.Length);
        from.CopyTo(bytes.AsSpan(offset));
        for (int sector = offset / SectorBytes; sector * SectorBytes < offset + from.Length; sector++)
            forgotten.Remove(sector);
        length = Math.Max(length, offset + from.Length);
    }

    public void SetLength(int newLength)
    {
        Reserve(newLength);
        if (newLength < length)
            bytes.AsSpan(newLength, length - newLength).Clear();
        length = newLength;
    }

    public void Sync()
    {
        byte[] synced = Bytes.ToArray();
        foreach (int sector in forgotten.Where(sector => sector * SectorBytes < synced.Length))
        {
            Span<byte> there = synced.AsSpan(sector * SectorBytes, Math.Min(SectorBytes, synced.Length - (sector * SectorBytes)));
            there.Clear();
            if (sector * SectorBytes < durable.Length)
                durable.AsSpan(sector * SectorBytes, Math.Min(there.Length, durable.Length - (sector * SectorBytes))).CopyTo(there);
        }
        durable = synced;
    }

    /// <summary>
    /// As Linux does after an fsync that failed: what was not synced can be read, counts as written, and no later sync brings it to the disk unless it is
    /// written again.
    /// </summary>
    public void FailSync()
    {
        for (int at = 0; at < length; at += SectorBytes)
        {
            int end = Math.Min(at + SectorBytes, length);
            if (end > durable.Length || !Bytes[at..end].SequenceEqual(durable.AsSpan(at, end - at)))
                forgotten.Add(at / SectorBytes);
        }
    }

    public override void LosePower(Random? random)
    {
        byte[] left = random is null ? durable : Torn(random);
        bytes = [.. left];
        forgotten.Clear();
        durable = [.. left];
        length = left.Length;
    }

    /// <summary>A length between the old and the new one, and in it each sector old (zero, where there was none) or new.</summary>
    private byte[] Torn(Random random)
    {
        int least = Math.Min(durable.Length, length);
        int most = Math.Max(durable.Length, length);
        var torn = new byte[random.Next(3) switch { 0 => durable.Length, 1 => length, _ => random.Next(least, most + 1) }];
        for (int at = 0; at < torn.Length; at += SectorBytes)
        {
            ReadOnlySpan<byte> from = random.Next(2) == 0 ? durable : Bytes;
            if (at < from.Length)
                from[at..Math.Min(Math.Min(at + SectorBytes, from.Length), torn.Length)].CopyTo(torn.AsSpan(at));
        }
        return torn;
    }

    private void Reserve(int count)
    {
        if (bytes.Length < count)
            Array.Resize(ref bytes, Math.Max(count, bytes.Length * 2));
    }
}
