namespace Tailer.Blocks;

/// <summary>
/// The events of one source on their way into a merge: dedupe by byte range and by bytes. The rule, and why no byte is lost or
/// repeated by it: docs/decisions/0002-dedupe.md.
/// </summary>
internal sealed class SourceMerge(SourceId id, string agent)
{
    private readonly List<EventPiece> earlier = [];
    private List<EventPiece> pieces = [];
    private ulong end;
    private bool isPlain = true;

    public SourceId Id => id;

    /// <summary>The agent whose packets brought it; the least name, if ever there are several.</summary>
    public string Agent { get; private set; } = agent;

    /// <summary>The best description seen; null when none came.</summary>
    public SourceDescriptor? Descriptor { get; private set; }

    /// <summary>Ranges kept although kept bytes of the same source differ there.</summary>
    public List<ByteRange> Conflicts { get; } = [];

    /// <summary>Bytes left out because the same bytes are there.</summary>
    public long RepeatedBytes { get; private set; }

    public IReadOnlyList<EventPiece> Pieces => pieces;

    public void BroughtBy(string name) => Agent = string.CompareOrdinal(name, Agent) < 0 ? name : Agent;

    public void Describe(SourceDescriptor descriptor) =>
        Descriptor = Descriptor is null ? descriptor : SourceDescriptor.Better(Descriptor, descriptor);

    public void Add(EventPiece piece)
    {
        if (piece.Length == 0)
            return;
        isPlain &= piece.Offset >= end;
        end = Math.Max(end, piece.End);
        pieces.Add(piece);
    }

    /// <summary>Bytes that an earlier segment holds.</summary>
    public void AddEarlier(EventPiece piece) => earlier.Add(piece);

    /// <summary>Which of the pieces' bytes are in the coverage.</summary>
    public Coverage OverlapWith(Coverage coverage)
    {
        var overlap = new Coverage();
        foreach (EventPiece piece in pieces)
        {
            if (coverage.Intersects(piece.Range))
                overlap.Add(coverage.Within(piece.Range));
        }
        return overlap;
    }

    /// <summary>Leaves in <see cref="Pieces"/> what is kept, in order.</summary>
    public void Resolve(PieceBytes bytes)
    {
        if (isPlain && earlier.Count == 0)
            return;
        pieces.Sort(bytes);
        earlier.Sort((x, y) => x.Offset.CompareTo(y.Offset));
        List<EventPiece> kept = new(pieces.Count);
        List<EventPiece> near = [];
        int nextEarlier = 0;
        bool wasCut = false;
        foreach (EventPiece piece in pieces)
        {
            near.RemoveAll(other => other.End <= piece.Offset);
            for (; nextEarlier < earlier.Count && earlier[nextEarlier].Offset < piece.End; nextEarlier++)
            {
                if (earlier[nextEarlier].End > piece.Offset)
                    near.Add(earlier[nextEarlier]);
            }
            int before = kept.Count;
            Take(piece, near, bytes, kept);
            for (int i = before; i < kept.Count; i++)
            {
                wasCut |= kept[i] != piece;
                near.Add(kept[i]);
            }
        }
        if (wasCut)
            kept.Sort(bytes);
        pieces = kept;
    }

    /// <summary>Keeps of the piece what agreeing bytes near it do not cover.</summary>
    private void Take(EventPiece piece, List<EventPiece> near, PieceBytes bytes, List<EventPiece> kept)
    {
        Coverage? agreed = null;
        bool differs = false;
        foreach (EventPiece other in near)
        {
            if (other.Offset >= piece.End)
                continue;
            if (bytes.Agree(piece, other))
                (agreed ??= new Coverage()).Add(new ByteRange(Math.Max(piece.Offset, other.Offset), Math.Min(piece.End, other.End)));
            else
                differs = true;
        }
        int before = kept.Count;
        if (agreed is null)
        {
            kept.Add(piece);
        }
        else
        {
            RepeatedBytes += (long)agreed.Bytes;
            foreach (ByteRange gap in agreed.Gaps(piece.Range))
            {
                int start = (int)(gap.From - piece.Offset);
                kept.Add(piece with { Offset = gap.From, Length = (int)gap.Length, Start = piece.Start + start });
            }
        }
        for (int i = before; differs && i < kept.Count; i++)
            Conflicts.Add(kept[i].Range);
    }
}
