using Tailer.Blocks.Tests.Codec;

namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>
/// Decodes blocks nobody vouches for. What can be decoded is encoded again and must be the same; what differs from a good codec
/// 2 block only in the length of its text or its checksum gets the right ones first, or changed lines would never be seen whole.
/// </summary>
internal sealed class BlockCheck : IDisposable
{
    public const int Sources = 6;

    private const int MendedTextBytesMax = 1 << 20;

    private static long wholeTemplates;
    private static long wholeOthers;
    private readonly DecodedBlock block = new();
    private readonly DecodedBlock again = new();
    private readonly TemplateBlock parts = new();
    private readonly ShortBlock few = new();
    private readonly EventColumns columns = new();
    private readonly BlockBuilder builder = new();
    private readonly ByteWriter written = new();
    private readonly byte[] text = new byte[MendedTextBytesMax + PackedSections.SlackBytes];
    private (int Start, int Length)[] lines = [];
    private BlockError error;

    /// <summary>Codec 2 blocks that were decoded, by all, since the process started.</summary>
    public static long WholeTemplates => Interlocked.Read(ref wholeTemplates);

    public static long WholeOthers => Interlocked.Read(ref wholeOthers);

    public static FuzzDecoder Start()
    {
        var check = new BlockCheck();
        return new FuzzDecoder(check.Decode, check.Check) { Owned = check };
    }

    public void Dispose()
    {
        block.Dispose();
        again.Dispose();
        parts.Dispose();
        few.Dispose();
        builder.Dispose();
        written.Dispose();
    }

    private void Decode(byte[] input) => error = block.TryDecode(input.AsMemory(), Sources);

    private void Check(byte[] input)
    {
        if (error is BlockError.TextChecksum or BlockError.DamagedColumns && Mended(input) is { } mended)
        {
            input = mended;
            error = block.TryDecode(mended.AsMemory(), Sources);
            Assert.NotEqual(BlockError.TextChecksum, error);
        }
        Assert.Equal(error == BlockError.None, block.Count > 0);
        if (error != BlockError.None)
            return;
        if (input[0] == 2)
            Interlocked.Increment(ref wholeTemplates);
        else
            Interlocked.Increment(ref wholeOthers);
        builder.Reset();
        for (int i = 0; i < block.Count; i++)
        {
            Assert.True(block[i].End >= block[i].Offset && block[i].Source < Sources && block[i].Host.Length <= 255 && block[i].App.Length <= 255);
            builder.Add(block[i]);
        }
        written.Reset();
        builder.Encode(written, level: -5);
        Assert.Equal(BlockError.None, again.TryDecode(written.WrittenMemory, Sources));
        Assert.Equal(block.Count, again.Count);
        for (int i = 0; i < block.Count; i++)
            Assert.True(AreSame(block[i], again[i]));
    }

    private byte[]? Mended(byte[] input) =>
        input[0] == 2 ? MendedTemplates(input) : ShortBlock.IsShort(input) && error == BlockError.TextChecksum ? MendedShort(input) : null;

    /// <summary>With the checksum of the lines it says.</summary>
    private byte[] MendedShort(byte[] input)
    {
        Assert.Equal(BlockError.TextChecksum, few.TryDecode(input, Sources, columns));
        var r = new SpanReader(input);
        r.Take(3);
        int last = r.Count(ShortBlockEncoder.EventsMax) - 1;
        r.Varint();
        byte[] mended = [.. input];
        BitConverter.TryWriteBytes(mended.AsSpan(r.Position), Crc32C.Compute(few.Text.AsSpan(0, columns.Starts[last] + columns.Lengths[last])));
        return mended;
    }

    /// <summary>Null when there are no lines to be made of it.</summary>
    private byte[]? MendedTemplates(byte[] input)
    {
        if (parts.TryOpen(input) != BlockError.None || !parts.TryReadNames(Sources) || !parts.TryReadEvents() || !parts.TryReadTemplates() || !parts.TryReadColumns())
            return null;
        // Search reads offsets without lines; what it is told may be wrong, but it must be told.
        parts.Rows.TryReadOffsets(Sources);
        if (lines.Length < parts.Count)
            lines = new (int, int)[Limits.BlockEventsMax];
        int at = 0;
        for (int s = 0; s < parts.Streams.Streams.Length; s++)
        {
            for (int row = parts.Streams.FirstRow(s); row < parts.Streams.FirstRow(s + 1); row++)
            {
                int i = parts.Streams.EventAt(row), length = parts.Write(row, s, i, text, at);
                if (length < 0)
                    return null;
                lines[i] = (at, length);
                at += length;
            }
        }
        uint crc = 0;
        for (int i = 0; i < parts.Count; i++)
            crc = Crc32C.Continue(crc, text.AsSpan(lines[i].Start, lines[i].Length));
        return WithText(input, at, crc);
    }

    private static byte[] WithText(byte[] input, int textBytes, uint crc)
    {
        var r = new SpanReader(input);
        using var w = new ByteWriter();
        w.U8(r.U8());
        w.U8(r.U8());
        w.Varint(r.Varint());
        w.Varint((ulong)textBytes);
        w.U32(crc);
        r.Varint();
        r.U32();
        w.Raw(r.Take(r.Remaining));
        return w.Written.ToArray();
    }

    private static bool AreSame(Event a, Event b) =>
        (a.Source, a.Offset, a.Time, a.Flags, a.Severity, a.Pid) == (b.Source, b.Offset, b.Time, b.Flags, b.Severity, b.Pid)
        && a.Host == b.Host && a.App == b.App && a.Bytes.SequenceEqual(b.Bytes);
}
