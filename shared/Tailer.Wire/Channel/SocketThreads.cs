namespace Tailer.Wire;

/// <summary>
/// Where a process goes on when a socket it waits for is ready. As .NET comes, the thread that watches all sockets hands each event to a
/// thread of the pool, also an event that nobody waits for: with bytes arriving as fast as they are taken that is two thread switches a
/// packet, which cost as much as storing it (docs/performance.md). Completed on the watching thread, only those who waited leave it.
/// </summary>
public static class SocketThreads
{
    /// <summary>Read once by System.Net.Sockets, when the process makes its first socket.</summary>
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Whoever waited for a socket is on the thread that watches all of them, and must not stay there.</summary>
    internal static bool AreWatching { get; private set; } = Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>
    /// Lets sockets complete on the thread that watches them. Before the first socket of the process; everything in it that waits for sockets
    /// by itself must leave that thread, as this assembly and Kestrel do. An environment that says otherwise is heeded.
    /// </summary>
    public static void CompleteWatching()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
        AreWatching = Environment.GetEnvironmentVariable(Variable) == "1";
    }
}
