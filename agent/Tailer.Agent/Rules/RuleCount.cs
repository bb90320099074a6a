namespace Tailer.Agent;

/// <summary>What one rule did since the start; written by the reading thread, read by any.</summary>
internal sealed class RuleCount(string kind, string rule)
{
    private long lines;
    private long bytes;

    /// <summary><c>drop</c>, <c>mask</c> or <c>limit</c>.</summary>
    public string Kind => kind;

    /// <summary>The rule as it is configured.</summary>
    public string Rule => rule;

    /// <summary>Lines dropped, suppressed or altered.</summary>
    public long Lines => Volatile.Read(ref lines);

    /// <summary>Bytes dropped, suppressed or masked.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    public void Add(int moreLines, int moreBytes)
    {
        Volatile.Write(ref lines, lines + moreLines);
        Volatile.Write(ref bytes, bytes + moreBytes);
    }
}
