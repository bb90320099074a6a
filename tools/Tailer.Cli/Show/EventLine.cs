using System.Globalization;
using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Cli.Show;

/// <summary>One event as archie and bucks send it (docs/formats/http.md, 2.1), as far as the command line shows it.</summary>
internal sealed record EventLine(string Source, long Offset, DateTimeOffset Time, string Host, string? App, string? Level, string? Path, string Text, string Json)
{
    /// <exception cref="JsonException">A field that every event has is missing.</exception>
    public static EventLine Read(JsonElement e)
    {
        string Required(string name) => Optional(name) ?? throw new JsonException($"an event without '{name}'");
        string? Optional(string name) => e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (!DateTimeOffset.TryParse(Required("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw new JsonException($"an event with the time '{Required("time")}'");
        return new EventLine(
            Required("source"), e.GetProperty("offset").GetInt64(), time, Required("host"), Optional("app"), Optional("level"), Optional("path"), Required("text"), e.GetRawText());
    }

    /// <summary>The same of an event that was found here; its JSON only where asked for.</summary>
    public static EventLine Of(FoundEvent found, LineView view, bool withJson) => new(
        found.Source.ToString(), (long)found.Offset, LogTime.ToDateTimeOffset(found.Time), found.Host, found.App.Length == 0 ? null : found.App,
        found.Severity == Severity.Unknown ? null : SeverityNames.NameOf(found.Severity), found.Path,
        withJson ? "" : Encoding.UTF8.GetString(view.Read(found.View, found.Bytes)), withJson ? EventJson.TextOf(found) : "");

    /// <summary>Order of time; lines of one source keep their order where times are equal.</summary>
    public static int Compare(EventLine a, EventLine b)
    {
        int order = a.Time.CompareTo(b.Time);
        if (order == 0)
            order = string.CompareOrdinal(a.Source, b.Source);
        return order == 0 ? a.Offset.CompareTo(b.Offset) : order;
    }
}
