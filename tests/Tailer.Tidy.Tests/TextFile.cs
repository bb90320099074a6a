namespace Tailer.Tidy.Tests;

/// <summary>A file by its path in the repository, with its text.</summary>
internal sealed record TextFile(string Path, string Text)
{
    public IReadOnlyList<string> Lines { get; } = Text.Split('\n');

    public string Name => System.IO.Path.GetFileName(Path);

    public static TextFile Read(string fullPath) =>
        new(System.IO.Path.GetRelativePath(Tree.Root, fullPath).Replace('\\', '/'), File.ReadAllText(fullPath));

    /// <summary>One violation for every line the test picks out.</summary>
    public IEnumerable<string> Where(Func<string, bool> bad, string why)
    {
        for (int i = 0; i < Lines.Count; i++)
        {
            if (bad(Lines[i]))
                yield return $"{Path}:{i + 1}: {why}: {Lines[i].Trim()}";
        }
    }
}
