using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// What rules do with the lines of one source, in this order: drop, limit, mask. Lines that continue a record that was taken out go
/// with it, and so do further parts of a line. What is taken out, and why: docs/decisions/0011-rules.md.
/// </summary>
internal sealed class SourceRules(LineRules rules)
{
    private readonly RateLimit? limit = rules.Limit is { } options ? new RateLimit(options.Rate, options.Burst) : null;
    private readonly Suppression suppressed = new();

    /// <summary>A record stands for no more than this: what is taken out behind a source's last event is read again, and counted again, up to twice as much.</summary>
    private const ulong SuppressedBytesMax = 8 * 1024 * 1024;

    /// <summary>What became of the last line's beginning: nothing, or the rule that took it out.</summary>
    private RuleCount? taken;

    /// <summary>The rule that took the last line out; null when it was sent.</summary>
    public RuleCount? TakenBy => taken;

    /// <summary>
    /// Hands a line or a part of one on to the filler, or goes past it. False, and nothing done that matters, when the spool takes nothing.
    /// </summary>
    public bool TryPass(ILineSink filler, FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts, ulong now)
    {
        bool isNewLine = !source.IsMidLine;
        if (isNewLine && !(taken is not null && flags.HasFlag(EventFlags.Continues)))
            taken = Judge(source, bytes, time, facts, now);
        if (taken is not null)
        {
            taken.Add(isNewLine ? 1 : 0, bytes.Length);
            if (taken == rules.LimitCount)
                suppressed.Add(source.Position, bytes.Length, time, facts, isNewLine);
            filler.Drop(source, bytes);
            // When the spool takes nothing, it comes later.
            if (suppressed.Lines > 0 && suppressed.To - suppressed.From >= SuppressedBytesMax && !flags.HasFlag(EventFlags.Partial))
                TryEndSuppression(filler, source);
            return true;
        }
        if (suppressed.Lines > 0 && !TryEndSuppression(filler, source))
            return false;
        ReadOnlySpan<byte> sent = rules.Hide(source.View, source.IsMidLine ? source.Tail : default, bytes);
        if (sent != bytes)
            flags |= EventFlags.Altered;
        return filler.TryAdd(source, bytes, sent, time, flags, facts);
    }

    /// <summary>Whether lines are kept out whose record can be sent now.</summary>
    public bool IsSuppressionOver(ulong now) => suppressed.Lines > 0 && limit!.WouldTake(now);

    /// <summary>Lines are kept out, and their record was not sent.</summary>
    public bool IsSuppressing => suppressed.Lines > 0;

    /// <summary>Sends the record of the lines kept out. False when the spool takes nothing.</summary>
    public bool TryEndSuppression(ILineSink filler, FollowedSource source)
    {
        if (suppressed.Lines == 0)
            return true;
        var facts = new LineFacts { Severity = Severity.Warning, Host = suppressed.Host, App = suppressed.App };
        if (!filler.TryAddInPlace(source, suppressed.From, suppressed.Record(source.View, rules.Limit!.Rate), suppressed.Time, facts))
            return false;
        suppressed.Clear();
        return true;
    }

    private RuleCount? Judge(FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, in LineFacts facts, ulong now)
    {
        if (rules.FindDrop(source, bytes, facts) is { } drop)
            return drop.Count;
        return limit is null || limit.TryTake(now, time) ? null : rules.LimitCount;
    }
}
