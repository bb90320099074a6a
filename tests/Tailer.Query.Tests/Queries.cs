namespace Tailer.Queries.Tests;

internal static class Queries
{
    public static Query Of(string text) => Query.Parse(text).TryGet(out Query? query, out QueryError? error)
        ? query
        : throw new ArgumentException($"{error.Caret}", nameof(text));
}
