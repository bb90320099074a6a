using System.Globalization;

namespace Tailer.Reliability;

/// <summary>How a scenario ended.</summary>
internal sealed record Outcome(string Scenario, string System, WrittenLog Written, Verdict Verdict)
{
    public const string Tailer = "Tailer";

    /// <summary>What the audit said; null for a system that has none.</summary>
    public string? Audit { get; init; }

    /// <summary>The command line gave back every file to the same SHA-256; null where bytes are missing.</summary>
    public bool? CatIsExact { get; init; }
    public int Kills { get; init; }

    /// <summary>From the writer's end to everything being where it belongs.</summary>
    public TimeSpan SettledAfter { get; init; }
    /// <summary>The most memory any process of the agent had; null for peers.</summary>
    public long? AgentPeakBytes { get; init; }
    public string Note { get; init; } = "";

    /// <summary>Nothing lost, nothing repeated, every file the same by SHA-256 in the archive and by <c>tailer cat</c>, audit complete.</summary>
    public bool IsPerfect => Verdict.IsPerfect && Audit == "complete" && CatIsExact == true;

    /// <summary>Files are destroyed before they can be read in this scenario.</summary>
    public bool MayLose { get; init; }

    /// <summary>
    /// Perfect; or, where files are destroyed, nothing repeated, nothing made up, and exactly what is lost is named, but for files that
    /// came and went so fast that nobody ever saw them.
    /// </summary>
    public bool KeepsPromise => IsPerfect
        || (MayLose && Verdict is { RepeatedBytes: 0, Wrong: 0, FalselyReportedBytes: 0 } && Verdict.LostBytes > 0 && Verdict.LostBytes == Verdict.ReportedBytes + Verdict.UnseenBytes && Verdict.UnseenReported == Verdict.UnseenFiles.Count);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Scenario}, {System}: {Verdict.Lines:N0} lines at {Written.LinesPerSecond:N0}/s in {Verdict.Files} files, {Kills} kills: lost {Verdict.LostLines:N0} lines ({Verdict.LostBytes:N0} bytes, {Verdict.ReportedBytes:N0} reported, {Verdict.FalselyReportedBytes:N0} falsely, {Verdict.UnseenFiles.Count} files unseen, {Verdict.UnseenReported} of them reported: {string.Join(' ', Verdict.UnseenFiles.Take(20))}), repeated {Verdict.RepeatedLines:N0} lines, {Verdict.ExactFiles} files exact, {Verdict.Wrong} wrong, audit {Audit}, cat {CatIsExact}, settled after {SettledAfter.TotalSeconds:0} s, the agent took up to {AgentPeakBytes / 1e6:0} MB. {Note}");
}
