using System.Globalization;
using System.Text.Json;
using Tailer.Hosting;

namespace Tailer.Cli.Show;

/// <summary>What is said, on stderr, at the end of a search.</summary>
internal static class SearchSummary
{
    /// <summary>Always says what is missing; how much there was, only to people. Returns the exit code: 3 for a partial answer.</summary>
    public static int Report(JsonElement summary, TextWriter error, bool people)
    {
        if (people)
        {
            string more = Flag(summary, "truncated") ? ", and there is more (--limit)" : "";
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Number(summary, "count")} lines in {Number(summary, "elapsedMs")} ms{more}"));
        }

        if (Flag(summary, "complete"))
            return ExitCode.Ok;
        string reasons = summary.TryGetProperty("sources", out JsonElement sources)
            ? string.Join("; ", sources.EnumerateArray().Where(s => Text(s, "state") != "ok").Select(s => Text(s, "error") ?? $"{Text(s, "name")} {Text(s, "state")}"))
            : "";
        error.WriteLine($"tailer: the answer is partial: {reasons}");
        return ExitCode.Incomplete;
    }

    private static bool Flag(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static long Number(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) && value.TryGetInt64(out long number) ? number : 0;

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
