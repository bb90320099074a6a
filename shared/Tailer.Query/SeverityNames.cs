using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>The names <c>level:</c> knows. The first name of a severity is the one that is shown.</summary>
public static class SeverityNames
{
    private static readonly string[][] Names =
    [
        ["unknown", "none"],
        ["emergency", "emerg", "panic"],
        ["alert"],
        ["critical", "crit", "fatal"],
        ["error", "err"],
        ["warning", "warn"],
        ["notice"],
        ["info", "information", "informational"],
        ["debug", "dbg"],
        ["trace"],
    ];

    internal static int Count => Names.Length;

    public static string NameOf(Severity severity) => Names[(int)severity < Names.Length ? (int)severity : 0][0];

    /// <summary>All severities with a name that matches; no case.</summary>
    public static SeveritySet Matching(Wildcard pattern)
    {
        SeveritySet set = default;
        for (int i = 0; i < Names.Length; i++)
        {
            if (Names[i].Any(name => pattern.IsMatch(name)))
                set = set.With((Severity)i);
        }
        return set;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Severity severity)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            foreach (string name in Names[i])
            {
                if (!text.Equals(name, StringComparison.OrdinalIgnoreCase))
                    continue;
                severity = (Severity)i;
                return true;
            }
        }
        severity = Severity.Unknown;
        return false;
    }
}
