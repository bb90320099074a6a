using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// The rules of a set of files, compiled. Shared by its sources, which are all of the reading thread; what one source needs of its
/// own is in <see cref="SourceRules"/>.
/// </summary>
internal sealed class LineRules
{
    private readonly LineView view = new();
    private readonly MaskSet? masks;

    public LineRules(IReadOnlyList<DropRule> drops, IReadOnlyList<Mask> masks, LimitOptions? limit)
    {
        Drops = [.. drops];
        this.masks = masks.Count > 0 ? new MaskSet(masks) : null;
        Limit = limit;
        LimitCount = new RuleCount("limit", limit is null ? "" : $"{limit.Rate} lines a second");
        Counts = [.. drops.Select(d => d.Count), .. masks.Select(m => m.Count), .. limit is null ? (RuleCount[])[] : [LimitCount]];
    }

    public DropRule[] Drops { get; }

    public LimitOptions? Limit { get; }

    public RuleCount LimitCount { get; }

    public IReadOnlyList<RuleCount> Counts { get; }

    /// <summary>The first rule that drops the line; null when none does.</summary>
    public DropRule? FindDrop(FollowedSource source, ReadOnlySpan<byte> bytes, in LineFacts facts)
    {
        if (Drops.Length == 0)
            return null;
        var input = new MatchInput
        {
            Line = view.Read(source.View, bytes),
            Host = facts.Host ?? source.Path.Agent.Host,
            App = facts.App ?? source.Path.App,
            Agent = source.Path.Agent.Name,
            Path = source.Path.Path,
            Tags = source.Path.Set.Tags,
            Pid = facts.Pid,
            Severity = facts.Severity,
        };
        foreach (DropRule rule in Drops)
        {
            if (rule.Matches(input))
                return rule;
        }
        return null;
    }

    /// <summary>
    /// The bytes with what masks find in them replaced; the same span when they find nothing. <paramref name="before"/> is what the line
    /// began with, when these bytes are a further part of it. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Hide(SourceView of, ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes) =>
        masks is null ? bytes : masks.Apply(of, before, bytes);
}
