using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>One source's side of the ledger: how far it reaches by anyone's word, and which of its bytes are held.</summary>
internal sealed class SourceClaim
{
    private readonly Coverage held = new();
    private readonly List<Skip> skips = [];
    private ulong end;

    public SourceDescriptor? Descriptor { get; private set; }

    public ulong HeldBytes => held.Bytes;

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

    public void AddSkip(Skip skip)
    {
        if (!skips.Contains(skip))
            skips.Add(skip);
        Claim(skip.To);
    }

    /// <summary>What is missing between the source's first offset and its end; skipped ranges keep their reason.</summary>
    public IReadOnlyList<FileGap> Gaps()
    {
        ulong first = Descriptor?.FirstOffset ?? 0;
        Coverage unexplained = held.Gaps(new ByteRange(Math.Min(first, end), end));
        var gaps = new List<FileGap>();
        foreach (Skip skip in skips)
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
