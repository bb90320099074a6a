using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>LIST: the records of one bucket file from a position on, headers only. Answered by RECORD_LIST.</summary>
/// <param name="Since">Byte position in the file: 0, or the next position of the answer before.</param>
/// <param name="BytesMax">About how long the answer may be; at most 1 MiB.</param>
public sealed record ListRecords(BucketFileName File, long Since, int BytesMax) : IWireMessage<ListRecords>
{
    public static MessageType Type => MessageType.List;

    public void WriteHead(ByteWriter writer)
    {
        File.WriteTo(writer);
        writer.U64((ulong)Since);
        writer.U32((uint)BytesMax);
    }

    public static ListRecords? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var list = new ListRecords(
            BucketFileName.Read(ref reader), (long)reader.U64(), (int)Math.Min(reader.U32(), WireLimits.FrameBytesMax));
        return reader.Failed || list.Since < 0 ? null : list;
    }
}
