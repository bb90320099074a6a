using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// Encodes a few events as the short form of codec 1 (docs/formats/block.md): streams as in codec 2, the lines without their leads, all
/// packed with a dictionary, which knows what such lines have in common already.
/// </summary>
internal sealed class ShortBlockEncoder : IDisposable
{
    /// <summary>Bit of the block's flags.</summary>
    public const byte Flag = 2;

    /// <summary>A varint of one byte; and more events gain nothing from a dictionary.</summary>
    public const int EventsMax = 127;

    /// <summary>Text, and columns with text: memory a reader rents for each.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>What <see cref="LineEnds"/> says of the lines.</summary>
    public const byte EndByLineFeed = 0, EndByLength = 1;

    private readonly ByteWriter body = new(4096);
    private readonly LeadTable leads = new();
    private readonly StreamRanks ranks = new(EventsMax);
    private readonly RunColumn runs = new(ofBytes: true);
    private readonly int[] streamOf = new int[EventsMax];
    private readonly int[] leadBytesOf = new int[EventsMax];

    /// <summary>False, and nothing is written, when there is too much of it, or the dictionary makes it no smaller.</summary>
    public bool TryEncode(BlockEvents events, ByteWriter to)
    {
        if (events.Count > EventsMax || events.TextBytes > BytesMax)
            return false;
        WriteBody(events);
        if (body.Length > BytesMax)
            return false;
        int start = to.Length;
        to.U8(TextBlockEncoder.CodecVersion);
        to.U8(Flag);
        to.U8(LogDictionary.Newest);
        to.Varint((ulong)events.Count);
        to.Varint((ulong)body.Length);
        to.U32(Crc32C.Compute(events.Text));
        int packed = Zstd.CompressBlock(body.Written, to.GetSpan(Zstd.CompressBound(body.Length)), LogDictionary.TryGet(LogDictionary.Newest)!);
        to.Advance(packed);
        if (packed > 0)
            return true;
        to.Truncate(start);
        return false;
    }

    public void Dispose()
    {
        body.Dispose();
        leads.Dispose();
        runs.Dispose();
    }

    private void WriteBody(BlockEvents events)
    {
        body.Reset();
        FindLeads(events);
        StreamColumns.WriteStreams(events, leads, body);
        if (leads.Streams.Count > 1)
            StreamColumns.WriteRanks(streamOf.AsSpan(0, events.Count), ranks, body);
        StreamColumns.WriteOffsets(events, body);
        WriteTimes(events);
        WriteRuns(events, static (e, i) => e.Flags(i));
        WriteRuns(events, static (e, i) => e.Severity(i));
        WriteLineEnds(events);
        for (int i = 0; i < events.Count; i++)
            body.Raw(Rest(events, i));
    }

    private void FindLeads(BlockEvents events)
    {
        leads.Start(events);
        ReadOnlySpan<byte> text = events.TextWithSlack();
        for (int i = 0; i < events.Count; i++)
            streamOf[i] = leads.StreamOf(events, i, text[events.Start(i)..events.End(i)], out leadBytesOf[i]);
    }

    private ReadOnlySpan<byte> Rest(BlockEvents events, int i) => events.Text[(events.Start(i) + leadBytesOf[i])..events.End(i)];

    /// <summary>The first in the coarsest unit that keeps all exact, then steps.</summary>
    private void WriteTimes(BlockEvents events)
    {
        int scale = TimeSteps.ScaleMax;
        ulong unit = LogTime.PerSecond;
        for (int i = 0; i < events.Count; i++)
        {
            for (; events.Time(i) % unit != 0; unit /= 10)
                scale--;
        }
        body.U8((byte)scale);
        body.Varint(events.Time(0) / unit);
        for (int i = 1; i < events.Count; i++)
            body.Zigzag((long)(events.Time(i) / unit - events.Time(i - 1) / unit));
    }

    private void WriteRuns(BlockEvents events, Func<BlockEvents, int, ulong> value)
    {
        runs.Reset();
        for (int i = 0; i < events.Count; i++)
            runs.Add(value(events, i));
        runs.WriteTo(body);
    }

    /// <summary>Lengths only where the line feeds do not say them.</summary>
    private void WriteLineEnds(BlockEvents events)
    {
        bool byLineFeed = true;
        for (int i = 0; i < events.Count && byLineFeed; i++)
        {
            ReadOnlySpan<byte> rest = Rest(events, i);
            byLineFeed = rest.IndexOf((byte)'\n') is >= 0 and var at && at == rest.Length - 1;
        }
        body.U8(byLineFeed ? EndByLineFeed : EndByLength);
        for (int i = 0; i < events.Count && !byLineFeed; i++)
            body.Varint((ulong)Rest(events, i).Length);
    }
}
