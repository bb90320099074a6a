namespace Tailer.Hosting;

/// <summary>The options given with a <see cref="DaemonVerb{TOptions}"/>, its own among them.</summary>
public sealed class VerbArguments
{
    private readonly IReadOnlyDictionary<string, string> given;

    internal VerbArguments(IReadOnlyDictionary<string, string> values) => given = values;

    public bool Has(string option) => given.ContainsKey(option);

    /// <summary>What followed the option; null when it was not given.</summary>
    public string? ValueOf(string option) => given.GetValueOrDefault(option);
}
