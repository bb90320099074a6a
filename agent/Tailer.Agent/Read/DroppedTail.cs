using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Where a source stood when a rule began to take out what comes next. Until a packet covers those bytes, a start has to read on from
/// here: the same lines are judged again.
/// </summary>
internal sealed class DroppedTail
{
    private readonly byte[] tail = new byte[SourcePosition.TailBytesMax];

    public bool IsOpen { get; private set; }

    public ulong From { get; private set; }

    public int TailBytes { get; private set; }

    public uint TailCrc => Crc32C.Compute(tail.AsSpan(0, TailBytes));

    public ulong LastTime { get; private set; }

    public bool MidLine { get; private set; }

    public RecordState Record { get; private set; }

    public void Open(FollowedSource source)
    {
        IsOpen = true;
        From = source.Position;
        TailBytes = source.TailBytes;
        source.Tail.CopyTo(tail);
        LastTime = source.LastTime;
        MidLine = source.IsMidLine;
        Record = source.Record;
    }

    public void Close() => IsOpen = false;
}
