using YamlDotNet.Core;

namespace Tailer.Hosting;

/// <summary>Collects every error of one file, so that all are shown together and not one per attempt.</summary>
internal sealed class ConfigErrors(string file)
{
    private readonly List<(long Line, long Column, string Text)> errors = [];

    public void Add(Mark mark, string message) => errors.Add((mark.Line, mark.Column, $"{file}:{mark.Line}:{mark.Column}: {message}"));

    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw new ConfigException([.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column).Select(e => e.Text).Distinct()]);
    }
}
