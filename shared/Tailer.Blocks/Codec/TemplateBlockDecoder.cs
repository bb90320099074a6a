namespace Tailer.Blocks;

/// <summary>Decodes all lines of a codec 2 block. Reused; owns rented memory until <see cref="Dispose"/>.</summary>
internal sealed class TemplateBlockDecoder : IDisposable
{
    private TemplateBlock? unpacked;
    private byte[] text = [];

    /// <summary>The lines, stream by stream.</summary>
    public byte[] Text => text;

    public BlockError TryDecode(ReadOnlyMemory<byte> packed, int sourceCount, EventColumns into)
    {
        TemplateBlock block = unpacked ??= new TemplateBlock();
        BlockError error = block.TryOpen(packed);
        if (error != BlockError.None)
            return error;
        if (!block.TryReadNames(sourceCount) || !block.TryReadEvents() || !block.TryReadTemplates() || !block.TryReadColumns())
            return BlockError.DamagedColumns;
        Rent(block.TextBytes + PackedSections.SlackBytes);
        into.Reserve(block.Count);
        if (!TryWriteLines(block, into) || !into.TryAddOffsets(block.Count, sourceCount))
            return BlockError.DamagedColumns;
        uint crc = 0;
        for (int i = 0; i < block.Count; i++)
            crc = Crc32C.Continue(crc, text.AsSpan(into.Starts[i], into.Lengths[i]));
        if (crc != block.TextCrc)
            return BlockError.TextChecksum;
        into.Hosts = block.Streams.Hosts;
        into.Apps = block.Streams.Apps;
        into.Count = block.Count;
        return BlockError.None;
    }

    public void Dispose()
    {
        unpacked?.Dispose();
        unpacked = null;
        BufferPool.Return(text);
        text = [];
    }

    /// <summary>Fills what is known of each event; its offset is only the step yet. False when the lines are not what was claimed.</summary>
    private bool TryWriteLines(TemplateBlock block, EventColumns into)
    {
        StreamSet streams = block.Streams;
        Span<byte> output = text.AsSpan(0, block.TextBytes + PackedSections.SlackBytes);
        int at = 0;
        for (int s = 0; s < streams.Streams.Length; s++)
        {
            StreamInfo info = streams.Streams[s];
            for (int row = streams.FirstRow(s); row < streams.FirstRow(s + 1); row++)
            {
                int i = streams.EventAt(row);
                int length = block.Write(row, s, i, output, at);
                if (length < 0)
                    return false;
                into.Starts[i] = at;
                into.Lengths[i] = length;
                at += length;
                into.Sources[i] = (ulong)info.Source;
                into.HostIndexes[i] = (ulong)info.Host;
                into.AppIndexes[i] = (ulong)info.App;
                into.Pids[i] = info.Pid;
                into.Times[i] = block.Time(i);
                into.Severities[i] = (ulong)block.SeverityOf(block.TemplateAt(row));
                into.Flags[i] = (ulong)block.FlagsOf(block.TemplateAt(row));
                into.Offsets[i] = Unzigzag(block.OffsetStep(i));
            }
        }
        return at == block.TextBytes;
    }

    private static ulong Unzigzag(ulong value) => (value >> 1) ^ (0 - (value & 1));

    private void Rent(int bytes)
    {
        if (text.Length >= bytes)
            return;
        BufferPool.Return(text);
        text = BufferPool.Rent(bytes);
    }
}
