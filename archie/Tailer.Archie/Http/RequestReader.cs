using System.Globalization;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// Reads the query string of one request. The first thing wrong is kept in <see cref="Error"/>; what is read after it is a
/// placeholder, so ask for the error before using anything.
/// </summary>
internal sealed class RequestReader(IQueryCollection values, ulong now)
{
    public Problem? Error { get; private set; }

    public string? Text(string name) => values.TryGetValue(name, out var value) && !string.IsNullOrEmpty(value) ? value.ToString() : null;

    public int Number(string name, int fallback, int min, int max)
    {
        if (Text(name) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
            return value;
        return Wrong(name, $"a number from {min} to {max}", fallback);
    }

    public ulong Offset(string name)
    {
        if (ulong.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            return value;
        return Wrong(name, "an offset in bytes", 0UL);
    }

    public SourceId Source(string name) => SourceId.TryParse(Text(name), out SourceId id) ? id : Wrong(name, "32 hex digits", default(SourceId));

    public ulong Time(string name, ulong fallback)
    {
        if (Text(name) is not { } text)
            return fallback;
        return SearchTime.TryParse(text, now, out ulong time) ? time : Wrong(name, SearchTime.Expected, fallback);
    }

    /// <summary>Notes that a required parameter is not there.</summary>
    public ulong Missing(string name)
    {
        Error ??= Problem.BadRequest($"'{name}' is missing.");
        return 0;
    }

    public Query Query(string name) => ParseQuery(Text(name));

    public Query ParseQuery(string? text)
    {
        if (text is { Length: > RequestLimits.QueryCharsMax })
        {
            Error ??= Problem.BadRequest($"The query has {text.Length} characters; at most {RequestLimits.QueryCharsMax} are allowed.");
            return Queries.Query.Everything;
        }

        if (Queries.Query.Parse(text).TryGet(out Query? query, out QueryError? error))
            return query;
        Error ??= Problem.BadQuery(error);
        return Queries.Query.Everything;
    }

    public SearchOrder Order(string name) => Text(name) switch
    {
        null or "newest" => SearchOrder.Newest,
        "oldest" => SearchOrder.Oldest,
        _ => Wrong(name, "newest or oldest", SearchOrder.Newest),
    };

    /// <summary>The parameters every search has: query, range, limit, order.</summary>
    public SearchRequest Search(string queryName) => new()
    {
        Query = Query(queryName),
        From = Time("from", 0),
        To = Time("to", ulong.MaxValue),
        Limit = Number("limit", RequestLimits.SearchLimitDefault, 1, RequestLimits.SearchLimitMax),
        Order = Order("order"),
    };

    private T Wrong<T>(string name, string expected, T placeholder)
    {
        Error ??= Problem.BadRequest($"'{name}' must be {expected}, not '{Shown(Text(name) ?? "")}'.");
        return placeholder;
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
