using System.Text.RegularExpressions;

namespace Tailer.Tidy.Tests;

/// <summary>The habits of C# files that a text search can check. Each returns violations, so that each can be shown to find one.</summary>
internal static partial class CodeRules
{
    private const int FileLinesMax = 500;

    /// <summary>A file is named after a type in it; <c>Name.Part.cs</c> holds a part of <c>Name</c>. Program.cs has top-level statements.</summary>
    public static IEnumerable<string> NamedAfterItsType(TextFile file)
    {
        string name = file.Name.Split('.')[0];
        if (name is "Program" or "AssemblyInfo" or "GlobalUsings")
            yield break;
        if (!Types().Matches(file.Text).Any(m => m.Groups[1].Value == name))
            yield return $"{file.Path}: has no type named {name}";
    }

    public static IEnumerable<string> FileScopedNamespace(TextFile file) =>
        file.Where(line => BlockNamespace().IsMatch(line), "a namespace for the whole file ends with ';'");

    public static IEnumerable<string> SealedUnlessMeantForMore(TextFile file) =>
        file.Where(line => OpenClass().IsMatch(line), "a class is sealed, static or abstract");

    public static IEnumerable<string> NoEmptyWordsInTypeNames(TextFile file) =>
        file.Where(line => Types().Match(line) is { Success: true } m && EmptyWords().IsMatch(m.Groups[1].Value), "says nothing about what it does");

    public static IEnumerable<string> NoRegions(TextFile file) =>
        file.Where(line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal), "split the file instead");

    public static IEnumerable<string> NotTooLong(TextFile file)
    {
        if (file.Lines.Count > FileLinesMax)
            yield return $"{file.Path}: {file.Lines.Count} lines; about 300 is the habit, {FileLinesMax} the limit";
    }

    /// <summary>A test waits for a condition, not for time to pass. Where time itself is the subject (a process stays dead for
    /// a while), the line says so: <c>// pause: why</c>.</summary>
    public static IEnumerable<string> NoSleep(TextFile file) =>
        file.Where(line => Sleep().IsMatch(line) && !line.Contains("// pause: ", StringComparison.Ordinal), "wait for a condition instead");

    /// <summary>Real time comes from <see cref="TimeProvider"/>, so that every rule about time can be tested.</summary>
    public static IEnumerable<string> TimeFromItsProvider(TextFile file) =>
        file.Where(line => Clock().IsMatch(line) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal), "take the time from a TimeProvider");

    /// <summary>An exception that is caught and forgotten.</summary>
    public static IEnumerable<string> NoSwallowedExceptions(TextFile file) =>
        SwallowAll().Matches(file.Text).Select(m => $"{file.Path}:{1 + file.Text.AsSpan(0, m.Index).Count('\n')}: catches everything and says nothing");

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum|delegate\s+\S+)\s+(?:class\s+|struct\s+)?([A-Z]\w*)")]
    private static partial Regex Types();

    [GeneratedRegex(@"^namespace\s+[\w.]+\s*\{?\s*$")]
    private static partial Regex BlockNamespace();

    [GeneratedRegex(@"^\s*(?:public|internal|private|protected|file)(?:\s+(?:partial|unsafe|readonly))*\s+(?:class|record(?!\s+struct))\s+[A-Z]")]
    private static partial Regex OpenClass();

    [GeneratedRegex("(?:Manager|Helpers?|Util|Utils|Utilities|(?<=[a-z])Base)$")]
    private static partial Regex EmptyWords();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\b(?:DateTime|DateTimeOffset)\.(?:UtcNow|Now)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"catch\s*(?:\(\s*(?:System\.)?Exception(?:\s+\w+)?\s*\))?\s*\{\s*\}")]
    private static partial Regex SwallowAll();
}
