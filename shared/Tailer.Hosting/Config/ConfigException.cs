namespace Tailer.Hosting;

/// <summary>A configuration that cannot be used. The message has one line per error: <c>file:line:column: what to change</c>.</summary>
public sealed class ConfigException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All errors found, in the order of the file.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
