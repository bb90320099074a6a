using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// What is remembered of a source that has ended, to know copies and archives of it: its first bytes and its length. Of one that
/// ended by truncation the time of that, by the clock that stamps files, else 0.
/// </summary>
internal sealed record EndedSource(SourceId Id, int PrefixBytes, ulong PrefixHash, ulong Bytes, ulong TruncatedNs)
{
    public void WriteTo(ByteWriter w)
    {
        w.Id(Id);
        w.Varint((ulong)PrefixBytes);
        w.U64(PrefixHash);
        w.Varint(Bytes);
        w.U64(TruncatedNs);
    }

    public static EndedSource Read(ref SpanReader r) => new(r.SourceId(), r.Count(Limits.PrefixBytesMax), r.U64(), r.Varint(), r.U64());
}
