using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// One path of one host: its sources in order of succession, the bytes held, what is missing, and what rules took out, which is not
/// missing.
/// </summary>
public sealed record FileAudit(string Host, string Path, string Agent, IReadOnlyList<SourceDescriptor> Sources, ulong HeldBytes, IReadOnlyList<FileGap> Gaps, IReadOnlyList<FileGap> Dropped)
{
    /// <summary>The agent's state was lost, and what it read again has another id: some of these bytes may be held twice.</summary>
    public bool MayRepeat { get; init; }
}
