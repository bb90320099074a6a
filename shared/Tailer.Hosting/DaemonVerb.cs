namespace Tailer.Hosting;

/// <summary>Something a daemon's executable does with its configuration instead of running: reads it, does this, and exits.</summary>
/// <param name="Option">The option that asks for it.</param>
/// <param name="With">Options that are allowed beside it.</param>
/// <param name="Run">Returns the exit code; may throw <see cref="FatalException"/>.</param>
public sealed record DaemonVerb<TOptions>(DaemonOption Option, IReadOnlyList<DaemonOption> With, Func<TOptions, VerbArguments, Task<int>> Run);
