using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>
/// The connection to one buck, made when it is first needed and again after it was lost. A buck that could not be reached is
/// not tried again for a moment, so that one that is down costs a request nothing. Safe for several threads.
/// </summary>
internal sealed class BuckLink : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CredentialFile credential;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly SemaphoreSlim connecting = new(1, 1);
    private BuckConnection? connection;
    private string failure = "";
    private ulong failedAt;

    public BuckLink(BuckOptions options, CredentialFile credential, TimeProvider clock, ILogger logger)
    {
        Options = options;
        this.credential = credential;
        this.clock = clock;
        this.logger = logger;
    }

    public BuckOptions Options { get; }

    public string Name => Options.Name;

    /// <summary>An open connection.</summary>
    /// <exception cref="WireException">Disconnected, with what happened and where.</exception>
    public async Task<BuckConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (connection is { } open && !open.Ended.IsCancellationRequested)
            return open;
        await connecting.WaitAsync(cancellation);
        try
        {
            if (connection is { } made && !made.Ended.IsCancellationRequested)
                return made;
            if (failure.Length > 0 && LogTime.Now(clock) < failedAt + LogTime.FromTimeSpan(RetryAfter))
                throw new WireException(WireErrorCode.Disconnected, failure);
            if (connection is { } lost)
                await lost.DisposeAsync();
            connection = null;
            ConnectResult result = await BuckConnection.ConnectAsync(
                Options.Address.ToEndPoint(), credential, new BuckConnectionOptions { ConnectTimeout = ConnectTimeout, RequestTimeout = RequestTimeout }, cancellation);
            if (result.Connection is null)
            {
                if (failure.Length == 0)
                    SearchLog.BuckUnreachable(logger, Name, result.Text);
                failure = result.Text;
                failedAt = LogTime.Now(clock);
                throw new WireException(WireErrorCode.Disconnected, failure);
            }

            failure = "";
            SearchLog.BuckConnected(logger, Name, Options.Address.ToString());
            return connection = result.Connection;
        }
        finally
        {
            connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } open)
            await open.DisposeAsync();
        connecting.Dispose();
    }
}
