using System.Text.RegularExpressions;

namespace Tailer.Tidy.Tests;

/// <summary>What holds for every text file.</summary>
internal static partial class TextRules
{
    public static IEnumerable<string> NothingLeftToDo(TextFile file) =>
        file.Where(line => LeftToDo().IsMatch(line), "do it, or write an issue");

    /// <summary>The text of the repository is about Tailer, not about how it came to be.</summary>
    public static IEnumerable<string> NoForeignWords(TextFile file) =>
        file.Where(line => ForeignWords.Any(w => w.IsMatch(line)), "does not belong here");

    public static IEnumerable<string> NoPathsOfOneMachine(TextFile file) =>
        file.Where(line => MachinePath().IsMatch(line), "a path of one machine");

    /// <summary>A lock file must not send everybody to the package host one person happened to use.</summary>
    public static IEnumerable<string> NoPackageHosts(TextFile file) =>
        file.Where(line => ResolvedUrl().IsMatch(line), "names a package host (npm: omit-lockfile-registry-resolved=true)");

    public static IEnumerable<string> CleanLines(TextFile file)
    {
        if (file.Text.Contains('\r', StringComparison.Ordinal))
            yield return $"{file.Path}: has CR line ends";
        if (file.Text.Length > 0 && !file.Text.EndsWith('\n'))
            yield return $"{file.Path}: does not end with a newline";
        foreach (string violation in file.Where(line => line.Contains('\t', StringComparison.Ordinal), "has a tab"))
            yield return violation;
    }

    // Spelt in pieces, so that this file is not its own first finding.
    private static readonly Regex[] ForeignWords =
    [
        new(@"\bA" + @"I\b"), new("assi" + "stant", RegexOptions.IgnoreCase), new(@"\bLL" + @"M", RegexOptions.IgnoreCase),
        new("chat" + "bot", RegexOptions.IgnoreCase), new(@"language mo" + "del", RegexOptions.IgnoreCase), new(@"\bcl" + "aude", RegexOptions.IgnoreCase),
        new(@"\bgp" + "t", RegexOptions.IgnoreCase), new("anth" + "ropic", RegexOptions.IgnoreCase), new("copil" + "ot", RegexOptions.IgnoreCase),
    ];

    [GeneratedRegex(@"\b(?:TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex LeftToDo();

    [GeneratedRegex(@"(?<![\w/.$}])/(?:work|root|home)/\w")]
    private static partial Regex MachinePath();

    [GeneratedRegex("\"resolved\": *\"http|registry *=")]
    private static partial Regex ResolvedUrl();
}
