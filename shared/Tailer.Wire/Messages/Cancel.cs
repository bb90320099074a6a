using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>CANCEL: the asker no longer wants the request with this correlation. Not answered; a late reply is dropped.</summary>
internal sealed record Cancel : IWireMessage<Cancel>
{
    public static MessageType Type => MessageType.Cancel;

    public void WriteHead(ByteWriter writer)
    {
    }

    public static Cancel? Read(ReadOnlyMemory<byte> body) => new();
}
