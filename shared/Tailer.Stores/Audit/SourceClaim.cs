using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>One source's side of the ledger: how far it reaches by anyone's word, and which of its bytes are held.</summary>
internal sealed class SourceClaim
{
    private readonly Coverage held = new();
    private readonly Coverage heldWithHoles = new();
    private readonly HashSet<Skip> skips = [];
    private ulong end;

    public SourceDescriptor? Descriptor { get; private set; }

    public ulong HeldBytes
    {
        get
        {
            var bytes = new Coverage(heldWithHoles);
            foreach (FileGap dropped in Dropped())
                bytes.Subtract(new ByteRange(dropped.From, dropped.To));
            bytes.Add(held);
            return bytes.Bytes;
        }
    }

    public void Describe(SourceDescriptor descriptor)
    {
        Descriptor = Descriptor is null ? descriptor : SourceDescriptor.Better(Descriptor, descriptor);
        Claim(descriptor.FinalLength ?? 0);
    }

    public void Claim(ulong to) => end = Math.Max(end, to);

    public void Hold(ulong from, ulong to)
    {
        held.Add(new ByteRange(from, to));
        Claim(to);
    }

    /// <summary>A packet's range out of which rules took something; which bytes, manifests say.</summary>
    public void HoldWithHoles(ulong from, ulong to)
    {
        heldWithHoles.Add(new ByteRange(from, to));
        Claim(to);
    }

    public void AddSkip(Skip skip)
    {
        skips.Add(skip);
        Claim(skip.To);
    }

    /// <summary>What rules took out: wanted, and so no gap.</summary>
    public IReadOnlyList<FileGap> Dropped()
    {
        var dropped = new Coverage();
        foreach (Skip skip in skips.Where(skip => skip.Reason == SkipReason.DroppedByRule).OrderBy(skip => skip.From))
            dropped.Add(new ByteRange(skip.From, skip.To));
        dropped.Subtract(held);
        return [.. dropped.Select(range => new FileGap(Descriptor!.Id, range.From, range.To, SkipReason.DroppedByRule))];
    }

    /// <summary>What is missing between the source's first offset and its end; skipped ranges keep their reason. Not what rules took out.</summary>
    public IReadOnlyList<FileGap> Gaps()
    {
        ulong first = Descriptor?.FirstOffset ?? 0;
        Coverage unexplained = held.Gaps(new ByteRange(Math.Min(first, end), end));
        unexplained.Subtract(heldWithHoles);
        foreach (FileGap dropped in Dropped())
            unexplained.Subtract(new ByteRange(dropped.From, dropped.To));
        var gaps = new List<FileGap>();
        foreach (Skip skip in skips.Where(skip => skip.Reason != SkipReason.DroppedByRule).OrderBy(skip => skip.From).ThenBy(skip => skip.Reason))
        {
            var range = new ByteRange(skip.From, skip.To);
            foreach (ByteRange part in unexplained.Within(range))
                gaps.Add(new FileGap(Descriptor!.Id, part.From, part.To, skip.Reason));
            unexplained.Subtract(range);
        }
        foreach (ByteRange part in unexplained)
            gaps.Add(new FileGap(Descriptor!.Id, part.From, part.To, SkipReason.Missing));
        gaps.Sort((a, b) => a.From.CompareTo(b.From));
        return gaps;
    }
}
