using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>What is known of one agent over time: which stretches its manifests cover, when it was seen, when it said goodbye.</summary>
internal sealed class AgentHistory(string name)
{
    /// <summary>Stretches of time, in units of <see cref="LogTime"/>, that manifests cover.</summary>
    private readonly Coverage covered = new();
    private readonly SortedSet<ulong> goodbyes = [];
    private ulong first = ulong.MaxValue;

    public string Name => name;

    public void Covers(ulong from, ulong to, bool isGoodbye)
    {
        covered.Add(new ByteRange(from, to));
        first = Math.Min(first, from);
        if (isGoodbye)
            goodbyes.Add(to);
    }

    /// <summary>It was there at that time, whatever its manifests say.</summary>
    public void WasSeen(ulong at) => first = Math.Min(first, at);

    /// <summary>
    /// Since when, before <paramref name="to"/>, its manifests say nothing although they should; null when they cover what is asked for, or the
    /// agent had said goodbye, or was not there yet.
    /// </summary>
    public ulong? SilentSince(ulong from, ulong to)
    {
        if (first >= to)
            return null;
        foreach (ByteRange gap in covered.Gaps(new ByteRange(first, to)))
        {
            if (gap.To > from && !goodbyes.Contains(gap.From))
                return gap.From;
        }
        return null;
    }
}
