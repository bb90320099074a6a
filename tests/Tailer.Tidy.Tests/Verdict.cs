namespace Tailer.Tidy.Tests;

internal static class Verdict
{
    /// <summary>Fails with every violation, a line each.</summary>
    public static void None(IEnumerable<string> violations)
    {
        string[] all = [.. violations];
        Assert.True(all.Length == 0, string.Join('\n', all.Prepend($"{all.Length} violations")));
    }
}
