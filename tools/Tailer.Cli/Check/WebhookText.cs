using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tailer.Hosting;

namespace Tailer.Cli.Check;

/// <summary>
/// The body of an alert: a text in which <c>{{name}}</c>, <c>{{state}}</c>, <c>{{before}}</c>, <c>{{count}}</c>, <c>{{query}}</c>, <c>{{over}}</c>,
/// <c>{{warn}}</c>, <c>{{crit}}</c>, <c>{{message}}</c> and <c>{{time}}</c> stand for values, escaped to stand inside a JSON string.
/// </summary>
internal sealed partial class WebhookText
{
    /// <summary>What chat systems with incoming webhooks take, and the values by name for those who look at them.</summary>
    public const string Default =
        """{"text":"{{name}}: {{state}} (was {{before}}) - {{message}}","name":"{{name}}","state":"{{state}}","before":"{{before}}","count":"{{count}}","query":"{{query}}","over":"{{over}}","time":"{{time}}"}""";

    private static readonly string[] Names = ["name", "state", "before", "count", "query", "over", "warn", "crit", "message", "time"];

    private readonly string template;

    /// <exception cref="FatalException">A name is not known.</exception>
    public WebhookText(string template, string where)
    {
        this.template = template;
        foreach (Match match in Place().Matches(template))
        {
            string name = match.Groups[1].Value;
            if (!Names.Contains(name))
                throw new FatalException(ExitCode.Usage, $"{where}: '{{{{{name}}}}}' is not known; known are {string.Join(", ", Names)}");
        }
    }

    public string Write(CheckResult result, CheckState before, DateTimeOffset now) =>
        Place().Replace(template, match => JsonEncodedText.Encode(ValueOf(match.Groups[1].Value, result, before, now)).ToString());

    private static string ValueOf(string name, CheckResult result, CheckState before, DateTimeOffset now) => name switch
    {
        "name" => result.Asked.Name,
        "state" => result.State.Word(),
        "before" => before.Word(),
        "count" => result.Count?.ToString(CultureInfo.InvariantCulture) ?? "",
        "query" => result.Asked.Query,
        "over" => DurationText.Format(result.Asked.Over),
        "warn" => result.Asked.Warn?.Text ?? "",
        "crit" => result.Asked.Crit?.Text ?? "",
        "message" => result.Summary,
        _ => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
