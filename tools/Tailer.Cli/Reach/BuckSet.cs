using Tailer.Wire;

namespace Tailer.Cli.Reach;

/// <summary>Connections to all bucks that can be reached; what cannot be reached is said, and left out.</summary>
internal sealed class BuckSet : IAsyncDisposable
{
    private BuckSet(IReadOnlyList<BuckConnection> connected, IReadOnlyList<string> unreachable)
    {
        Connected = connected;
        Unreachable = unreachable;
    }

    public IReadOnlyList<BuckConnection> Connected { get; }

    /// <summary>A line each: which buck, why, what to do.</summary>
    public IReadOnlyList<string> Unreachable { get; }

    /// <exception cref="CredentialFileException">The credential cannot be read.</exception>
    public static async Task<BuckSet> ConnectAsync(Target target, CancellationToken cancel)
    {
        CredentialFile credential = CredentialFile.Load(target.Credential);
        ConnectResult[] results = await Task.WhenAll(target.Bucks.Select(b => BuckConnection.ConnectAsync(b.Address.ToEndPoint(), credential, cancellation: cancel))).ConfigureAwait(false);
        return new BuckSet([.. results.Where(r => r.Connection is not null).Select(r => r.Connection!)], [.. results.Where(r => r.Connection is null).Select(r => r.Text)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BuckConnection connection in Connected)
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
