namespace Tailer.Blocks;

/// <summary>A column of numbers coded as runs: (value varint, run length varint).</summary>
internal sealed class RunColumn : IDisposable
{
    private readonly ByteWriter runs = new(64);
    private ulong value;
    private ulong length;

    public void Add(ulong next)
    {
        if (length > 0 && next == value)
        {
            length++;
            return;
        }
        Flush();
        value = next;
        length = 1;
    }

    public void WriteTo(ByteWriter to)
    {
        to.Raw(runs.Written);
        if (length == 0)
            return;
        to.Varint(value);
        to.Varint(length);
    }

    public void Reset()
    {
        runs.Reset();
        length = 0;
    }

    public void Dispose() => runs.Dispose();

    /// <summary>Reads runs until <paramref name="into"/> is full; false when they do not sum up to it.</summary>
    public static bool TryRead(ref SpanReader r, Span<ulong> into)
    {
        int done = 0;
        while (done < into.Length)
        {
            ulong value = r.Varint();
            int length = r.Count(into.Length - done);
            if (r.Failed || length == 0)
                return false;
            into.Slice(done, length).Fill(value);
            done += length;
        }
        return true;
    }

    private void Flush()
    {
        if (length == 0)
            return;
        runs.Varint(value);
        runs.Varint(length);
    }
}
