using System.Text.Json;

namespace Tailer.Cli.Check;

/// <summary>How many lines match, as far as those who were asked could say.</summary>
/// <param name="Lines">Lines counted.</param>
/// <param name="IsLeast">The count ended at its limit: there are more.</param>
/// <param name="MayBeMore">Somebody who may hold lines that nobody else has did not answer, or <paramref name="IsLeast"/>.</param>
/// <param name="Notes">Who did not answer, a line each.</param>
internal sealed record CheckCount(long Lines, bool IsLeast, bool MayBeMore, IReadOnlyList<string> Notes)
{
    /// <summary>Reads a histogram's answer (docs/formats/http.md, 3.4).</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="bucks">Names of all bucks: each line is at two of them, so that one may be away.</param>
    public static CheckCount Of(JsonElement answer, IReadOnlyCollection<string> bucks)
    {
        var notes = new List<string>();
        int away = 0;
        bool other = false;
        foreach (JsonElement source in answer.GetProperty("sources").EnumerateArray())
        {
            if (source.GetProperty("state").GetString() == "ok")
                continue;
            string name = source.GetProperty("name").GetString()!;
            notes.Add(source.TryGetProperty("error", out JsonElement error) ? error.GetString()! : $"{name} did not answer");
            if (bucks.Contains(name))
                away++;
            else
                other = true;
        }
        bool isLeast = answer.GetProperty("truncated").GetBoolean();
        return new CheckCount(answer.GetProperty("total").GetInt64(), isLeast, isLeast || other || away > 1, notes);
    }
}
