using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>APPEND: a packet's frame in its envelope. Answered by ACK or NACK with the same correlation and packet id.</summary>
/// <param name="Id">BLAKE2b-128 of the frame; the receiver computes it anew and does not trust it.</param>
/// <param name="Copy">0 is the copy that counts in monitoring; 1 and 2 are for safety.</param>
/// <param name="Targets">How many bucks the packet goes to.</param>
/// <param name="Options">How it is to be treated.</param>
/// <param name="Frame">At most 1 MiB. Received: points into the message's body.</param>
public sealed record Append(PacketId Id, byte Copy, byte Targets, AppendOptions Options, ReadOnlyMemory<byte> Frame) : IWireMessage<Append>
{
    internal const int HeadBytes = 20;

    public static MessageType Type => MessageType.Append;

    public ReadOnlyMemory<byte> Tail => Frame;

    public void WriteHead(ByteWriter writer)
    {
        writer.U8(Copy);
        writer.U8(Targets);
        writer.U8((byte)Options);
        writer.U8(0);
        writer.Id(Id);
    }

    /// <summary>The frame in the body of such a message; empty when the body is too short to have one.</summary>
    internal static ReadOnlyMemory<byte> FrameOf(ReadOnlyMemory<byte> body) => body.Length < HeadBytes ? default : body[HeadBytes..];

    public static Append? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        byte copy = reader.U8();
        byte targets = reader.U8();
        var options = (AppendOptions)reader.U8();
        reader.U8();
        PacketId id = reader.PacketId();
        return reader.Failed ? null : new Append(id, copy, targets, options, FrameOf(body));
    }
}
