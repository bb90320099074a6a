using System.Numerics;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>A set of severities, one bit each.</summary>
public readonly record struct SeveritySet(int Bits)
{
    public static SeveritySet All { get; } = new((1 << SeverityNames.Count) - 1);

    public bool IsEmpty => Bits == 0;

    public int Count => BitOperations.PopCount((uint)Bits);

    /// <summary>Values without a name, from a newer format, are in no set.</summary>
    public bool Contains(Severity severity) => severity <= Severity.Trace && (Bits >> (int)severity & 1) != 0;

    public SeveritySet With(Severity severity) => new(Bits | 1 << (int)severity);

    public SeveritySet Union(SeveritySet other) => new(Bits | other.Bits);

    /// <summary>From the first to the last, both included; in the order of the enum, most severe first.</summary>
    public static SeveritySet Range(Severity first, Severity last)
    {
        SeveritySet set = default;
        for (Severity severity = first; severity <= last; severity++)
            set = set.With(severity);
        return set;
    }
}
