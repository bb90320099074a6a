using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>LIST_DAMAGED: the records of which the buck has only a damaged copy and knows it. Answered by DAMAGED.</summary>
public sealed record ListDamaged : IWireMessage<ListDamaged>
{
    public static MessageType Type => MessageType.ListDamaged;

    public void WriteHead(ByteWriter writer)
    {
    }

    public static ListDamaged? Read(ReadOnlyMemory<byte> body) => new();
}
