namespace Tailer.Blocks;

/// <summary>
/// The events of one block, decoded, of either codec. Reusable: <see cref="TryDecode(ReadOnlySpan{byte}, int)"/> replaces the content.
/// Owns rented memory until <see cref="Dispose"/>. Not thread-safe while decoding; reading decoded events from several threads is
/// fine.
/// </summary>
public sealed class DecodedBlock : IDisposable
{
    private readonly EventColumns columns = new();
    private PlainBlock? plain;
    private ShortBlock? few;
    private TemplateBlockDecoder? templates;
    private byte[] copy = [];
    private byte[] text = [];

    public int Count => columns.Count;

    public Event this[int i]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Count);
            return new Event
            {
                Source = (int)columns.Sources[i],
                Offset = columns.Offsets[i],
                Bytes = Line(i),
                Time = columns.Times[i],
                Flags = (EventFlags)columns.Flags[i],
                Severity = (Severity)columns.Severities[i],
                Pid = (uint)columns.Pids[i],
                Host = columns.Hosts[columns.HostIndexes[i]],
                App = columns.Apps[columns.AppIndexes[i]],
            };
        }
    }

    /// <summary>All lines, one after the other, in an order of the codec's: to look for a text in all of them at once.</summary>
    public ReadOnlySpan<byte> Text
    {
        get
        {
            (int start, int bytes) = TextRange();
            return text.AsSpan(start, bytes);
        }
    }

    public ReadOnlySpan<byte> Line(int i) => text.AsSpan(columns.Starts[i], columns.Lengths[i]);

    public ulong Time(int i) => columns.Times[i];

    public int Source(int i) => (int)columns.Sources[i];

    /// <summary>
    /// Decodes a block whose container has <paramref name="sourceCount"/> sources. Memory rented is bounded by
    /// <see cref="Limits"/>, whatever the input says. After an error the block is empty.
    /// </summary>
    public BlockError TryDecode(ReadOnlyMemory<byte> block, int sourceCount)
    {
        columns.Count = 0;
        if (block.IsEmpty || block.Span[0] is not (TextBlockEncoder.CodecVersion or TemplateBlockEncoder.CodecVersion))
            return BlockError.UnknownCodec;
        BlockError error;
        if (ShortBlock.IsShort(block.Span))
        {
            error = (few ??= new ShortBlock()).TryDecode(block.Span, sourceCount, columns);
            text = few.Text;
        }
        else if (block.Span[0] == TextBlockEncoder.CodecVersion)
        {
            error = (plain ??= new PlainBlock()).TryDecode(block.Span, sourceCount, columns);
            text = plain.Body;
        }
        else
        {
            error = (templates ??= new TemplateBlockDecoder()).TryDecode(block, sourceCount, columns);
            text = templates.Text;
        }
        return error;
    }

    /// <summary>As the other, with a copy of the packed bytes.</summary>
    public BlockError TryDecode(ReadOnlySpan<byte> block, int sourceCount)
    {
        if (copy.Length < block.Length)
        {
            ReturnCopy();
            copy = BufferPool.Rent(block.Length);
        }
        block.CopyTo(copy);
        return TryDecode(copy.AsMemory(0, block.Length), sourceCount);
    }

    /// <summary>
    /// Gives up what only decoding needs, some times as much as the lines where they have many variables, and keeps the lines in an array of their
    /// length: a rented one is up to twice as long, and with many held at once the pool would keep as many. For those who hold many blocks.
    /// </summary>
    public void KeepEventsOnly()
    {
        (int start, int bytes) = TextRange();
        byte[] lines = GC.AllocateUninitializedArray<byte>(bytes);
        text.AsSpan(start, bytes).CopyTo(lines);
        foreach (ref int each in columns.Starts.AsSpan(0, Count))
            each -= start;
        ReturnRented();
        text = lines;
    }

    public void Dispose()
    {
        columns.Count = 0;
        ReturnRented();
        text = [];
    }

    private (int Start, int Bytes) TextRange()
    {
        int start = int.MaxValue, bytes = 0;
        for (int i = 0; i < Count; i++)
        {
            start = Math.Min(start, columns.Starts[i]);
            bytes += columns.Lengths[i];
        }
        return Count == 0 ? (0, 0) : (start, bytes);
    }

    private void ReturnRented()
    {
        plain?.Dispose();
        few?.Dispose();
        templates?.Dispose();
        (plain, few, templates) = (null, null, null);
        ReturnCopy();
    }

    private void ReturnCopy()
    {
        BufferPool.Return(copy);
        copy = [];
    }
}
