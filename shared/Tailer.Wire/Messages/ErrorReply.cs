using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>ERROR: the answer to a request that could not be done. Never answered itself.</summary>
public sealed record ErrorReply(WireErrorCode Code, string Text) : IWireMessage<ErrorReply>
{
    public static MessageType Type => MessageType.Error;

    public void WriteHead(ByteWriter writer)
    {
        writer.U16((ushort)Code);
        writer.Text(WireText.Cut(Text, WireLimits.TextBytesMax));
    }

    public static ErrorReply? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var error = new ErrorReply((WireErrorCode)reader.U16(), reader.Text(WireLimits.TextBytesMax));
        return reader.Failed ? null : error;
    }
}
