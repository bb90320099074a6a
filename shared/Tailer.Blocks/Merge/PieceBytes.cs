namespace Tailer.Blocks;

/// <summary>Where the bytes of a merge's pieces are: decoded blocks, and copies of what earlier segments hold.</summary>
internal sealed class PieceBytes : IComparer<EventPiece>, IDisposable
{
    private readonly List<DecodedBlock> blocks = [];
    private readonly List<byte[]> earlier = [];

    public int BlockCount => blocks.Count;

    public void Add(DecodedBlock block) => blocks.Add(block);

    public EventPiece AddEarlier(ulong offset, ReadOnlySpan<byte> bytes)
    {
        earlier.Add(bytes.ToArray());
        return new EventPiece(offset, bytes.Length, ~(earlier.Count - 1), 0, 0);
    }

    /// <summary>The event a piece is of; not for earlier bytes.</summary>
    public Event EventOf(EventPiece piece) => blocks[piece.Block][piece.Index];

    public ulong TimeOf(EventPiece piece) => blocks[piece.Block].Time(piece.Index);

    public ReadOnlySpan<byte> BytesOf(EventPiece piece) => piece.Block < 0
        ? earlier[~piece.Block]
        : blocks[piece.Block][piece.Index].Bytes.Slice(piece.Start, piece.Length);

    /// <summary>True when two pieces of a source have the same bytes where they overlap.</summary>
    public bool Agree(EventPiece a, EventPiece b)
    {
        ulong from = Math.Max(a.Offset, b.Offset);
        var length = (int)(Math.Min(a.End, b.End) - from);
        return BytesOf(a).Slice((int)(from - a.Offset), length).SequenceEqual(BytesOf(b).Slice((int)(from - b.Offset), length));
    }

    /// <summary>
    /// The order in which a source's events are taken: by offset, longest first, then by bytes, then what has a time of its
    /// own first, then by everything else. Total, so that the outcome depends on the events alone.
    /// </summary>
    public int Compare(EventPiece x, EventPiece y)
    {
        int order = x.Offset.CompareTo(y.Offset);
        if (order == 0)
            order = y.Length.CompareTo(x.Length);
        if (order != 0 || (x.Block == y.Block && x.Index == y.Index))
            return order;
        order = BytesOf(x).SequenceCompareTo(BytesOf(y));
        return order != 0 || x.Block < 0 || y.Block < 0 ? order : CompareFields(EventOf(x), EventOf(y));
    }

    public void Dispose()
    {
        foreach (DecodedBlock block in blocks)
            block.Dispose();
        blocks.Clear();
        earlier.Clear();
    }

    private static int CompareFields(in Event x, in Event y)
    {
        int order = (x.Flags & EventFlags.TimeInherited).CompareTo(y.Flags & EventFlags.TimeInherited);
        if (order == 0)
            order = x.Time.CompareTo(y.Time);
        if (order == 0)
            order = x.Flags.CompareTo(y.Flags);
        if (order == 0)
            order = x.Severity.CompareTo(y.Severity);
        if (order == 0)
            order = x.Pid.CompareTo(y.Pid);
        if (order == 0)
            order = string.CompareOrdinal(x.Host, y.Host);
        return order != 0 ? order : string.CompareOrdinal(x.App, y.App);
    }
}
