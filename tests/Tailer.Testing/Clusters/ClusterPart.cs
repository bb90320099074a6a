namespace Tailer.Testing;

/// <summary>One process of a <see cref="Cluster"/> that can be killed and started again. Used by one thread at a time.</summary>
public sealed class ClusterPart(string executable, string name, string config, int? port) : IAsyncDisposable
{
    private TailerProcess? process;
    private readonly List<string> earlierErrors = [];
    private long peakBytes;

    public string Name => name;

    public string Config => config;

    public bool IsRunning => process is { HasExited: false };

    public int Kills { get; private set; }

    /// <summary>The most memory that any of its processes ever had; of one that ended by itself, what was seen before.</summary>
    public long PeakBytes => LookAtMemory();

    /// <summary>Everything the part logged, over all its lives.</summary>
    public IReadOnlyList<string> Log => [.. earlierErrors, .. process?.Errors ?? []];

    public TailerProcess Process => process ?? throw new InvalidOperationException($"{name} was not started");

    /// <summary>Starts the process; returns before it is ready.</summary>
    public void Start() => process = TailerProcess.Start(executable, "--config", config);

    /// <summary>Returns when the part accepts connections (at once for parts that listen nowhere).</summary>
    public Task Ready() => port is { } p ? Process.Port(p) : Task.CompletedTask;

    public async Task Kill9()
    {
        LookAtMemory();
        await Process.Kill9();
        Kills++;
        await Forget();
    }

    /// <summary>Clean stop by SIGTERM; returns the exit code.</summary>
    public async Task<int> Stop()
    {
        LookAtMemory();
        int code = await Process.Terminate(TimeSpan.FromSeconds(30));
        await Forget();
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    private long LookAtMemory() => peakBytes = Math.Max(peakBytes, process is { } running ? ProcessMemory.PeakBytes(running.Pid) ?? 0 : 0);

    private async Task Forget()
    {
        earlierErrors.AddRange(Process.Errors);
        await Process.DisposeAsync();
        process = null;
    }
}
