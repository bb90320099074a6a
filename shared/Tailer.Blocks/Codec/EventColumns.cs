using System.Buffers;

namespace Tailer.Blocks;

/// <summary>Decoded events, column by column; lines as ranges of a buffer somewhere else.</summary>
internal sealed class EventColumns
{
    public int Count { get; set; }

    public ulong[] Sources { get; private set; } = [];

    public ulong[] Offsets { get; private set; } = [];

    public ulong[] Times { get; private set; } = [];

    public ulong[] Flags { get; private set; } = [];

    public ulong[] Severities { get; private set; } = [];

    public ulong[] Pids { get; private set; } = [];

    public ulong[] HostIndexes { get; private set; } = [];

    public ulong[] AppIndexes { get; private set; } = [];

    public int[] Starts { get; private set; } = [];

    public int[] Lengths { get; private set; } = [];

    public string[] Hosts { get; set; } = [];

    public string[] Apps { get; set; } = [];

    public void Reserve(int count)
    {
        if (Sources.Length >= count)
            return;
        int capacity = Math.Max(count, Math.Min(Sources.Length * 2, Limits.BlockEventsMax));
        Sources = new ulong[capacity];
        Offsets = new ulong[capacity];
        Times = new ulong[capacity];
        Flags = new ulong[capacity];
        Severities = new ulong[capacity];
        Pids = new ulong[capacity];
        HostIndexes = new ulong[capacity];
        AppIndexes = new ulong[capacity];
        Starts = new int[capacity];
        Lengths = new int[capacity];
    }

    /// <summary>
    /// Makes offsets of steps, each from the end of the source's event before; false when one goes beyond the greatest offset.
    /// </summary>
    public bool TryAddOffsets(int count, int sourceCount)
    {
        ulong[] ends = ArrayPool<ulong>.Shared.Rent(sourceCount);
        try
        {
            Array.Clear(ends, 0, sourceCount);
            for (int i = 0; i < count; i++)
            {
                ref ulong end = ref ends[Sources[i]];
                Offsets[i] += end;
                end = Offsets[i] + (ulong)Lengths[i];
                if (end < Offsets[i])
                    return false;
            }
            return true;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(ends);
        }
    }
}
