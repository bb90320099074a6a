namespace Tailer.Tidy.Tests;

/// <summary>The repository the tests were built from: every file that belongs to it, none that a build made.</summary>
internal static class Tree
{
    private static readonly string[] Skipped = [".git", "bin", "obj", "node_modules", "wwwroot", "artifacts", "TestResults", ".tailer", ".vs", ".idea"];

    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".zst", ".gz", ".seg", ".bin", ".b"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<TextFile> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal).Select(TextFile.Read)];

    /// <summary>Hand-written C#, without this project: its samples break every rule on purpose.</summary>
    public static IEnumerable<TextFile> Code =>
        Files.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal) && !f.Path.StartsWith("tests/Tailer.Tidy.Tests/", StringComparison.Ordinal));

    /// <summary>Code that ships, without tests.</summary>
    public static IEnumerable<TextFile> ShippedCode => Code.Where(f => !f.Path.StartsWith("tests/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tailer.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Tailer.sln above {AppContext.BaseDirectory}");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (!Binary.Contains(Path.GetExtension(file)) && !Skipped.Contains(Path.GetFileName(file)))
                yield return file;
        }

        foreach (string child in Directory.EnumerateDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d)) && new DirectoryInfo(d).LinkTarget is null))
        {
            foreach (string file in Walk(child))
                yield return file;
        }
    }
}
