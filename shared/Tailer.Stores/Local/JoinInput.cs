using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>One segment on its way into a join: its next event, and those that were put aside until their turn comes.</summary>
internal sealed class JoinInput : IDisposable
{
    private readonly SegmentReader segment;
    private readonly int number;
    private readonly int[] places;
    private readonly DecodedBlock block = new();
    private readonly List<ParkedEvent> parked = [];
    private int nextBlock;
    private int index = -1;
    private int readyParked;

    /// <param name="segment">Read from its start; not owned.</param>
    /// <param name="number">Of the segment in the join.</param>
    /// <param name="plan">Where the sources' places are.</param>
    public JoinInput(SegmentReader segment, int number, SegmentFooter plan)
    {
        this.segment = segment;
        this.number = number;
        var placeOf = plan.Sources.Select((source, i) => (source.Descriptor.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i);
        places = [.. segment.Footer.Sources.Select(source => placeOf[source.Descriptor.Id])];
        Advance();
    }

    public bool HasHead { get; private set; }

    /// <summary>The next event of the segment itself.</summary>
    public JoinKey Head { get; private set; }

    public bool IsEmpty => !HasHead && parked.Count == 0;

    public long ParkedBytes { get; private set; }

    /// <summary>What <see cref="TryReadyBefore"/> found.</summary>
    public JoinKey Ready { get; private set; }

    /// <summary>Looks for an event, parked or next, whose turn it is and that comes before the key.</summary>
    public bool TryReadyBefore(JoinKey before, SourceTurns turns)
    {
        for (readyParked = 0; readyParked < parked.Count; readyParked++)
        {
            Ready = parked[readyParked].Key;
            if (Ready.CompareTo(before) < 0 && turns.IsTurnOf(Ready))
                return true;
        }
        Ready = Head;
        return HasHead && Head.CompareTo(before) < 0 && turns.IsTurnOf(Head);
    }

    /// <summary>Writes what <see cref="TryReadyBefore"/> last found; call it only after it found something.</summary>
    public void WriteReady(SegmentWriter writer, SourceTurns turns)
    {
        if (readyParked < parked.Count)
        {
            ParkedEvent e = parked[readyParked];
            parked.RemoveAt(readyParked);
            ParkedBytes -= e.Bytes.Length;
            writer.Add(e.ToEvent());
            turns.Wrote(number, e.Key, e.Bytes.Length);
            return;
        }
        Event head = HeadEvent();
        writer.Add(head);
        turns.Wrote(number, Head, head.Bytes.Length);
        Advance();
    }

    /// <summary>Puts the next event aside.</summary>
    public void Park()
    {
        var e = new ParkedEvent(HeadEvent(), Head);
        parked.Add(e);
        ParkedBytes += e.Bytes.Length;
        Advance();
    }

    public void Dispose() => block.Dispose();

    private Event HeadEvent() => block[index] with { Source = Head.Source };

    private void Advance()
    {
        index++;
        if (index >= block.Count)
        {
            HasHead = nextBlock < segment.Footer.Blocks.Count;
            if (!HasHead)
                return;
            BlockError error = segment.TryReadBlock(nextBlock, block);
            if (error != BlockError.None)
                throw new IOException($"block {nextBlock} of segment {segment.Path} cannot be read: {error}");
            block.KeepEventsOnly();
            nextBlock++;
            index = 0;
        }
        HasHead = true;
        Event e = block[index];
        Head = new JoinKey(e.Time, places[e.Source], e.Offset);
    }
}
