namespace Tailer.Testing;

/// <summary>A file's bytes now and on the disk. Without power, sectors written since the last sync may be there or not, each for itself.</summary>
internal sealed class MemoryFile : MemoryNode
{
    private const int SectorBytes = 512;

    private byte[] bytes = [];
    private byte[] durable = [];
    private int length;

    public int Length => length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public void Write(ReadOnlySpan<byte> from, int offset)
    {
        Reserve(offset + from.Length);
        from.CopyTo(bytes.AsSpan(offset));
        length = Math.Max(length, offset + from.Length);
    }

    public void SetLength(int newLength)
    {
        Reserve(newLength);
        if (newLength < length)
            bytes.AsSpan(newLength, length - newLength).Clear();
        length = newLength;
    }

    public void Sync() => durable = Bytes.ToArray();

    public override void LosePower(Random? random)
    {
        byte[] left = random is null ? durable : Torn(random);
        bytes = [.. left];
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
