using System.Text.Json;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>What <c>tailer audit --json</c> said.</summary>
internal sealed record AuditAnswer(bool Complete, IReadOnlyList<FileGap> Gaps, string Text)
{
    public static async Task<AuditAnswer> Ask(Cluster cluster)
    {
        ProcessResult result = await cluster.Cli("audit", "--json");
        if (result.ExitCode is not (0 or 3))
            throw new InvalidOperationException($"tailer audit ended with {result.ExitCode}: {result.Errors}");
        using JsonDocument json = JsonDocument.Parse(result.Output);
        var gaps = new List<FileGap>();
        foreach (JsonElement file in json.RootElement.GetProperty("files").EnumerateArray())
        {
            foreach (JsonElement gap in file.GetProperty("gaps").EnumerateArray())
            {
                if (!SourceId.TryParse(gap.GetProperty("source").GetString(), out SourceId source))
                    throw new InvalidDataException($"tailer audit names a source that is none: {gap}");
                gaps.Add(new FileGap(source, new ByteRange(gap.GetProperty("from").GetUInt64(), gap.GetProperty("to").GetUInt64()), gap.GetProperty("why").GetString()!));
            }
        }
        return new AuditAnswer(result.ExitCode == 0, gaps, result.Text);
    }
}
