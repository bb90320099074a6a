using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// RESULT: a batch of matching events. The wire does not look inside: a block of events with the source descriptors it
/// needs, as docs/formats/messages.md says.
/// </summary>
/// <param name="Content">Received: points into the message's body.</param>
public sealed record SearchResult(ReadOnlyMemory<byte> Content) : IWireMessage<SearchResult>
{
    public static MessageType Type => MessageType.Result;

    public ReadOnlyMemory<byte> Tail => Content;

    public void WriteHead(ByteWriter writer)
    {
    }

    public static SearchResult? Read(ReadOnlyMemory<byte> body) => new(body);
}
