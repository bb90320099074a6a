using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>The writer as a process of its own, so that nothing that happens to others slows it, and it slows no measurement of theirs.</summary>
internal sealed class WriterProcess : IAsyncDisposable
{
    /// <summary>First word of such a process's arguments.</summary>
    public const string Word = "write";

    private readonly TailerProcess process;
    private readonly WriterOptions options;

    private WriterProcess(TailerProcess process, WriterOptions options)
    {
        this.process = process;
        this.options = options;
    }

    public bool HasEnded => process.HasExited;

    public static WriterProcess Start(WriterOptions options) => new(TailerProcess.Start("tailer-reliability", [Word, .. options.ToArguments()]), options);

    /// <summary>Waits until it has written all its lines.</summary>
    public async Task<WrittenLog> End(TimeSpan timeout)
    {
        int code = await process.Exit(timeout);
        return code == 0 ? WrittenLog.Read(options.Report) : throw new InvalidOperationException($"the writer ended with {code}: {string.Join('\n', process.Errors)}");
    }

    /// <summary>Ends it now.</summary>
    public async Task<WrittenLog> Stop()
    {
        await process.Terminate();
        return await End(TimeSpan.FromSeconds(30));
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
