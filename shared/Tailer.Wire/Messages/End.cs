using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>END: the last message of a stream that answers READ or SEARCH.</summary>
/// <param name="Events">Events (SEARCH) or records (READ) sent.</param>
/// <param name="ScannedEvents">Events looked at.</param>
/// <param name="ScannedBytes">Stored bytes looked at.</param>
/// <param name="Truncated">There is more: the limit was reached.</param>
/// <param name="Error">Empty, or what kept the answer from being complete.</param>
public sealed record End(long Events, long ScannedEvents = 0, long ScannedBytes = 0, bool Truncated = false, string Error = "") : IWireMessage<End>
{
    public static MessageType Type => MessageType.End;

    public void WriteHead(ByteWriter writer)
    {
        writer.U64((ulong)Events);
        writer.U64((ulong)ScannedEvents);
        writer.U64((ulong)ScannedBytes);
        writer.U8(Truncated ? (byte)1 : (byte)0);
        writer.Text(WireText.Cut(Error, WireLimits.TextBytesMax));
    }

    public static End? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var end = new End(
            (long)reader.U64(), (long)reader.U64(), (long)reader.U64(), (reader.U8() & 1) != 0, reader.Text(WireLimits.TextBytesMax));
        return reader.Failed ? null : end;
    }
}
