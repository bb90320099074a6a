namespace Tailer.Reliability;

/// <summary>What became of what was written.</summary>
internal sealed record Verdict
{
    public required long Lines { get; init; }
    public required int Files { get; init; }

    /// <summary>Lines of which not every byte is held.</summary>
    public required long LostLines { get; init; }
    public required long LostBytes { get; init; }

    /// <summary>Of the lost bytes, those that <c>tailer audit</c> names.</summary>
    public required long ReportedBytes { get; init; }

    /// <summary>Bytes that the audit calls lost and that are held, or never were.</summary>
    public required long FalselyReportedBytes { get; init; }

    /// <summary>Files that nobody knows of, by their place in the order: they came and went unseen.</summary>
    public IReadOnlyList<int> UnseenFiles { get; init; } = [];

    public long UnseenBytes { get; init; }

    /// <summary>Files that <c>tailer audit</c> says came and went before they could be opened; it does not know which they were.</summary>
    public long UnseenReported { get; init; }
    public required long RepeatedBytes { get; init; }

    public long RepeatedLines => (RepeatedBytes + LineMaker.Bytes - 1) / LineMaker.Bytes;

    /// <summary>Files whose SHA-256 is the writer's.</summary>
    public required long ExactFiles { get; init; }

    /// <summary>Events that were never written so.</summary>
    public required long Wrong { get; init; }

    public bool IsPerfect => LostBytes == 0 && RepeatedBytes == 0 && Wrong == 0 && ExactFiles == Files && FalselyReportedBytes == 0 && UnseenReported == 0;
}
