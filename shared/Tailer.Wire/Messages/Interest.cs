using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>INTEREST, buck to agent: somebody watches (send small packets soon) or nobody does.</summary>
/// <param name="Lifetime">How long this holds unless repeated; a buck that dies thereby stops asking for haste.</param>
public sealed record Interest(bool Viewers, TimeSpan Lifetime) : IWireMessage<Interest>
{
    public static MessageType Type => MessageType.Interest;

    public void WriteHead(ByteWriter writer)
    {
        writer.U8(Viewers ? (byte)1 : (byte)0);
        writer.U32(WireText.Milliseconds(Lifetime));
    }

    public static Interest? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var interest = new Interest((reader.U8() & 1) != 0, TimeSpan.FromMilliseconds(reader.U32()));
        return reader.Failed ? null : interest;
    }
}
