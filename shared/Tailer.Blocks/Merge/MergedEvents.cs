namespace Tailer.Blocks;

/// <summary>
/// Events in a segment's order: by (t*, SourceId, offset), t* being the running maximum of event time within the source. A
/// view of its <see cref="EventMerge"/>, valid until that is disposed.
/// </summary>
public sealed class MergedEvents
{
    private readonly PieceBytes bytes;
    private readonly EventPiece[] pieces;
    private readonly int[] sources;

    private MergedEvents(PieceBytes bytes, EventPiece[] pieces, int[] sources, IReadOnlyList<SourceDescriptor> descriptors)
    {
        this.bytes = bytes;
        this.pieces = pieces;
        this.sources = sources;
        Sources = descriptors;
    }

    /// <summary>The sources that have events here, ascending by id; <see cref="Event.Source"/> is an index into it.</summary>
    public IReadOnlyList<SourceDescriptor> Sources { get; }

    public int Count => pieces.Length;

    /// <summary>The event, cut to what is not there already. A part that ends before its event does is flagged partial.</summary>
    public Event this[int i]
    {
        get
        {
            EventPiece piece = pieces[i];
            Event e = bytes.EventOf(piece);
            bool goesOn = piece.Start + piece.Length < e.Bytes.Length;
            return new Event
            {
                Source = sources[i],
                Offset = piece.Offset,
                Bytes = e.Bytes.Slice(piece.Start, piece.Length),
                Time = e.Time,
                Host = e.Host,
                App = e.App,
                Pid = e.Pid,
                Severity = e.Severity,
                Flags = goesOn ? e.Flags | EventFlags.Partial : e.Flags,
            };
        }
    }

    /// <summary>Orders the pieces whose event time is wanted; the sources come ascending by id, each with its pieces in order.</summary>
    internal static MergedEvents Order(PieceBytes bytes, IReadOnlyList<SourceMerge> ascending, Func<ulong, bool> wanted)
    {
        List<SourceDescriptor> descriptors = [];
        List<EventPiece> pieces = [];
        List<int> sources = [];
        List<(ulong Time, int Place)> order = [];
        foreach (SourceMerge source in ascending)
        {
            int before = pieces.Count;
            ulong reached = 0;
            foreach (EventPiece piece in source.Pieces)
            {
                ulong time = bytes.TimeOf(piece);
                if (!wanted(time))
                    continue;
                reached = Math.Max(reached, time);
                order.Add((reached, pieces.Count));
                pieces.Add(piece);
                sources.Add(descriptors.Count);
            }
            if (pieces.Count > before)
                descriptors.Add(source.Descriptor ?? Undescribed(source));
        }
        // A place grows with the source's id and then with the offset, so it settles what the time leaves open.
        order.Sort();
        return new MergedEvents(
            bytes,
            [.. order.Select(o => pieces[o.Place])],
            [.. order.Select(o => sources[o.Place])],
            descriptors);
    }

    /// <summary>What stands for a description that was lost: readers show the id.</summary>
    private static SourceDescriptor Undescribed(SourceMerge source) =>
        new() { Id = source.Id, Agent = source.Agent, Host = source.Agent, Path = "" };
}
