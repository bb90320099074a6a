using System.Diagnostics.CodeAnalysis;

namespace Tailer.Archie;

/// <summary>The environments this archie serves, in the order of the configuration.</summary>
internal sealed class EnvironmentList(IReadOnlyList<ServedEnvironment> environments) : IAsyncDisposable
{
    public IReadOnlyList<ServedEnvironment> All => environments;

    /// <summary>The environment of that name; the only one where no name is given.</summary>
    public bool TryFind(string? name, [NotNullWhen(true)] out ServedEnvironment? environment, [NotNullWhen(false)] out Problem? problem)
    {
        environment = name is null && environments.Count == 1 ? environments[0] : environments.FirstOrDefault(e => e.Name == name);
        problem = environment is not null ? null
            : name is null ? Problem.BadRequest($"Several environments are served; name one with env=: {Names()}.")
            : Problem.NotFound($"There is no environment '{name}' here. There is: {Names()}.");
        return environment is not null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServedEnvironment environment in environments)
            await environment.DisposeAsync();
    }

    private string Names() => string.Join(", ", environments.Select(e => e.Name));
}
