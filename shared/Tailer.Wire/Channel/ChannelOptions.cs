namespace Tailer.Wire;

/// <summary>Times and names of a channel; the defaults are for production.</summary>
public sealed record ChannelOptions
{
    /// <summary>For all of the handshake. Whoever is slower holds a slot of the listener for nothing.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A PING goes out when nothing else was sent for so long.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The peer is given up when nothing came for so long: a few lost PINGs.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>The peer is given up when it does not take the bytes of one write for so long.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For an orderly close: sending what is waiting, and the peer's own close.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What this side calls itself, at most 64 bytes: "tailer-agent 0.1.0".</summary>
    public string Software { get; init; } = "tailer";

    internal int RecordsPerKey { get; init; } = WireLimits.RecordsPerKey;

    internal int VersionMin { get; init; } = WireLimits.VersionMin;

    internal int VersionMax { get; init; } = WireLimits.VersionMax;
}
