namespace Tailer.Blocks;

/// <summary>A column of numbers coded as runs: (value, run length varint); the values varints, or single bytes.</summary>
internal sealed class RunColumn(bool ofBytes = false) : IDisposable
{
    private readonly ByteWriter runs = new(64);
    private ulong value;
    private ulong length;

    /// <summary>Bytes it takes so far, without the run that is open.</summary>
    public int Bytes => runs.Length;

    public void Add(ulong next)
    {
        if (length > 0 && next == value)
        {
            length++;
            return;
        }
        WriteOpenRun(runs);
        value = next;
        length = 1;
    }

    public void WriteTo(ByteWriter to)
    {
        to.Raw(runs.Written);
        WriteOpenRun(to);
    }

    public void Reset()
    {
        runs.Reset();
        length = 0;
    }

    public void Dispose() => runs.Dispose();

    /// <summary>
    /// Reads runs until <paramref name="into"/> is full; false when they do not sum up to it, or a value is above
    /// <paramref name="max"/>.
    /// </summary>
    public static bool TryRead(ref SpanReader r, Span<ulong> into, ulong max, bool ofBytes = false)
    {
        int done = 0;
        while (done < into.Length)
        {
            ulong value = ofBytes ? r.U8() : r.Varint();
            int length = r.Count(into.Length - done);
            if (r.Failed || length == 0 || value > max)
                return false;
            into.Slice(done, length).Fill(value);
            done += length;
        }
        return true;
    }

    private void WriteOpenRun(ByteWriter to)
    {
        if (length == 0)
            return;
        if (ofBytes)
            to.U8((byte)value);
        else
            to.Varint(value);
        to.Varint(length);
    }
}
