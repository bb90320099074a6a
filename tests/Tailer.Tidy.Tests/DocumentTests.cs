using System.Text.RegularExpressions;

namespace Tailer.Tidy.Tests;

public sealed partial class DocumentTests
{
    private static IEnumerable<TextFile> Documents => Tree.Files.Where(f => f.Path.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_format_has_a_version()
    {
        TextFile[] formats = [.. Documents.Where(f => f.Path.StartsWith("docs/formats/", StringComparison.Ordinal))];
        Assert.NotEmpty(formats);
        Verdict.None(formats.Where(f => !HasVersion(f)).Select(f => $"{f.Path}: say 'Version N' in its first lines"));
    }

    [Fact]
    public void Links_between_documents_resolve() => Verdict.None(Documents.SelectMany(f => DeadLinks(f, path => Path.Exists(Path.Combine(Tree.Root, path)))));

    [Fact]
    public void A_format_without_version_is_found() => Assert.False(HasVersion(new TextFile("docs/formats/x.md", "# X\n\nSome text.\n")));

    [Fact]
    public void A_dead_link_is_found() =>
        Assert.Equal(
            "docs/a.md: docs/gone.md is not there",
            Assert.Single(DeadLinks(new TextFile("docs/a.md", "[x](gone.md#part) [y](../README.md) [z](https://example.com) [q](#here)"), path => path == "README.md")));

    private static bool HasVersion(TextFile file) => file.Lines.Take(6).Any(line => Version().IsMatch(line));

    private static IEnumerable<string> DeadLinks(TextFile file, Func<string, bool> exists)
    {
        foreach (Match m in Link().Matches(file.Text))
        {
            string target = m.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            string path = Path.GetRelativePath("/", Path.GetFullPath(target, "/" + Path.GetDirectoryName(file.Path)));
            if (!exists(path))
                yield return $"{file.Path}: {path} is not there";
        }
    }

    [GeneratedRegex(@"\bVersion \**\d+")]
    private static partial Regex Version();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
