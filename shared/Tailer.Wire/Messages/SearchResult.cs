using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// RESULT: a batch of matching events, as frames (docs/formats/frame.md) that hold only those: the buck re-encodes them with
/// agent, epoch, number, sealed time and source descriptors of the packet they came from, and "has holes" on their ranges.
/// Close a batch at <see cref="WireLimits.BatchBytes"/>.
/// </summary>
/// <param name="Frames">Received: each points into the message's body.</param>
public sealed record SearchResult(IReadOnlyList<ReadOnlyMemory<byte>> Frames) : IWireMessage<SearchResult>
{
    public static MessageType Type => MessageType.Result;

    public void WriteHead(ByteWriter writer)
    {
        writer.Varint((ulong)Frames.Count);
        foreach (ReadOnlyMemory<byte> frame in Frames)
            writer.LengthPrefixed(frame.Span);
    }

    public static SearchResult? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var frames = new ReadOnlyMemory<byte>[reader.Count(Math.Min(WireLimits.FramesMax, reader.Remaining))];
        for (int i = 0; i < frames.Length && !reader.Failed; i++)
        {
            int bytes = reader.LengthPrefixed(WireLimits.FrameBytesMax).Length;
            frames[i] = body.Slice(reader.Position - bytes, bytes);
        }
        return reader.Failed ? null : new SearchResult(frames);
    }
}
