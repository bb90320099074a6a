using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>MANIFEST: what an agent states to have sent (docs/formats/manifest.md). Answered by ACK or NACK with its id.</summary>
/// <param name="Id">BLAKE2b-128 of the bytes.</param>
/// <param name="Content">The manifest's bytes, at most 1 MiB. Received: points into the message's body.</param>
public sealed record Manifest(PacketId Id, ReadOnlyMemory<byte> Content) : IWireMessage<Manifest>
{
    internal const int HeadBytes = 16;

    public static MessageType Type => MessageType.Manifest;

    public ReadOnlyMemory<byte> Tail => Content;

    public void WriteHead(ByteWriter writer) => writer.Id(Id);

    public static Manifest? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        PacketId id = reader.PacketId();
        return reader.Failed ? null : new Manifest(id, body[HeadBytes..]);
    }
}
