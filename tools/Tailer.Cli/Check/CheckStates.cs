namespace Tailer.Cli.Check;

internal static class CheckStates
{
    /// <summary>As alerts and remembered states have it, such as <c>critical</c>.</summary>
    public static string Word(this CheckState state) => state.ToString().ToLowerInvariant();
}
