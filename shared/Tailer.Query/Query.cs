using System.Diagnostics.CodeAnalysis;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// What to search for: the same type, and the same answers, for live filters, recent, history and the command line. The
/// language is in docs/query.md. Immutable; one instance serves any number of threads. Equal texts (in canonical form) are
/// equal queries.
/// </summary>
public sealed class Query : IEquatable<Query>
{
    private readonly QueryNode root;
    private readonly string canonical;

    private Query(QueryNode root)
    {
        this.root = root;
        canonical = root.ToString();
        var required = new List<QueryProbe>();
        root.AddRequired(required);
        Required = [.. required.OrderByDescending(probe => probe.SearchedBytes)];
    }

    /// <summary>Matches every event; <c>*</c> and the empty text parse to it.</summary>
    public static Query Everything { get; } = new(EverythingNode.Instance);

    public bool MatchesEverything => root is EverythingNode;

    /// <summary>Texts that occur in every line the query matches, the most telling first; empty when there are none.</summary>
    public IReadOnlyList<QueryProbe> Required { get; }

    /// <summary>Never throws and takes bounded time and stack, whatever the text.</summary>
    public static QueryResult Parse(string? text)
    {
        var parser = new QueryParser(text ?? "");
        return parser.Parse() is { } node ? new QueryResult(new Query(node)) : new QueryResult(parser.Error!);
    }

    /// <summary>The events both match. Rights are joined to what their holder asks for by this.</summary>
    public Query And(Query other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Query(AndNode.Of([root, other.root]));
    }

    /// <summary>Nothing is allocated, save by regular expressions while their automaton grows.</summary>
    public bool Matches(in MatchInput input) => root.Matches(new MatchInput
    {
        Line = Event.WithoutLineEnd(input.Line),
        Host = input.Host,
        App = input.App,
        Agent = input.Agent,
        Path = input.Path,
        Tags = input.Tags,
        Pid = input.Pid,
        Severity = input.Severity,
    });

    /// <summary>How many events of a set match, as far as its summary tells: sets of which none does need not be read.</summary>
    public Presence In(IEventSummary summary) => root.In(summary);

    public bool Equals([NotNullWhen(true)] Query? other) => other is not null && canonical == other.canonical;

    public override bool Equals(object? obj) => Equals(obj as Query);

    public override int GetHashCode() => canonical.GetHashCode(StringComparison.Ordinal);

    /// <summary>
    /// The canonical text: it parses to an equal query, and is the key under which equal queries are matched once. Joined
    /// by <see cref="And"/> it may exceed the limits of one text.
    /// </summary>
    public override string ToString() => canonical;
}
