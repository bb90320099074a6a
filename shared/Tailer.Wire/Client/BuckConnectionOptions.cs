namespace Tailer.Wire;

/// <summary>Options of a <see cref="BuckConnection"/>.</summary>
public sealed record BuckConnectionOptions
{
    public ChannelOptions Channel { get; init; } = new();

    /// <summary>Time for the TCP connection, before the handshake's own.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for its reply, and a stream for its next batch. Appends wait for their token only.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Revocations to judge the buck by; null: those of the credential's file (none).</summary>
    public EnvironmentTrust? Trust { get; init; }

    /// <summary>The buck says whether somebody watches. Called on the receiving loop: must be quick and not throw.</summary>
    public Action<Interest>? OnInterest { get; init; }

    /// <summary>The buck asks for packets again. Called on the receiving loop: must be quick (start the work elsewhere) and not throw.</summary>
    public Action<Want>? OnWant { get; init; }
}
