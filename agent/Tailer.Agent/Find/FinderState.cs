using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What the checkpoint keeps of paths and files: a section of its own, with its own version.</summary>
internal sealed record FinderState(ulong LastScanNs, IReadOnlyDictionary<string, SavedPath> Paths, IReadOnlyDictionary<SourceId, SavedPlace> Places)
{
    /// <summary>
    /// 1 had no archives, and of sources that ended nothing; 2 did not know since when a path is followed, 3 not of which start of the machine it is, 4
    /// not where the clock stood.
    /// </summary>
    private const byte Version = 5;

    /// <summary>The start of the machine in which it was written; empty when that is not known.</summary>
    public string Boot { get; init; } = "";

    /// <summary>How far the clock that stamps files was ahead of the steady one of that start, in nanoseconds; null when that is not known.</summary>
    public long? ClockAheadNs { get; init; }

    public byte[] ToArray()
    {
        using var w = new ByteWriter(16 * 1024);
        w.U8(Version);
        w.U64(LastScanNs);
        w.Varint((ulong)Paths.Count);
        foreach (SavedPath path in Paths.Values)
            path.WriteTo(w);
        w.Varint((ulong)Places.Count);
        foreach (SavedPlace place in Places.Values)
            place.WriteTo(w);
        w.Text(Boot);
        w.U8(ClockAheadNs is null ? (byte)0 : (byte)1);
        w.U64((ulong)(ClockAheadNs ?? 0));
        return w.Written.ToArray();
    }

    /// <summary>Null when there is none, or one of another version.</summary>
    public static FinderState? TryRead(ReadOnlySpan<byte> bytes)
    {
        var r = new SpanReader(bytes);
        byte version = r.U8();
        if (version is 0 or > Version)
            return null;
        ulong lastScanNs = r.U64();
        var paths = new Dictionary<string, SavedPath>(StringComparer.Ordinal);
        for (int i = r.Count(r.Remaining); i > 0 && !r.Failed; i--)
        {
            SavedPath path = SavedPath.Read(ref r, version, lastScanNs);
            paths[path.Path] = path;
        }
        var places = new Dictionary<SourceId, SavedPlace>();
        for (int i = r.Count(r.Remaining); i > 0 && !r.Failed; i--)
        {
            SavedPlace place = SavedPlace.Read(ref r, version);
            places[place.Id] = place;
        }
        string boot = version < 4 ? "" : r.Text(Limits.NameBytesMax);
        bool hasClock = version >= 5 && r.U8() != 0;
        long aheadNs = version < 5 ? 0 : (long)r.U64();
        return r.Failed || !r.AtEnd ? null : new FinderState(lastScanNs, paths, places) { Boot = boot, ClockAheadNs = hasClock ? aheadNs : null };
    }
}
