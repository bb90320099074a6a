namespace Tailer.Cli.Inspect;

/// <summary>A column of a sheet. One without label is for programs only.</summary>
internal readonly record struct Column(string Key, string? Label)
{
    public static Column ForPrograms(string key) => new(key, null);
}
