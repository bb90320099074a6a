using System.Diagnostics.CodeAnalysis;

namespace Tailer.Queries;

/// <summary>What <see cref="Query.Parse"/> gives: a query, or an error; never both.</summary>
public readonly struct QueryResult
{
    internal QueryResult(Query query) => Query = query;

    internal QueryResult(QueryError error) => Error = error;

    public Query? Query { get; }

    public QueryError? Error { get; }

    public bool TryGet([NotNullWhen(true)] out Query? query, [NotNullWhen(false)] out QueryError? error)
    {
        query = Query;
        error = Error;
        return query is not null;
    }
}
