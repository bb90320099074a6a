using System.Runtime.CompilerServices;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Acknowledgements that wait for a sync, or for their peer to read them: so many of a connection and so many of all are let wait beside what is
/// read next. Above that a connection is not read until its own has left. Thread-safe.
/// </summary>
internal sealed class AckWaits
{
    /// <summary>An agent has 16 packets unanswered at a buck; who sends more without an answer is held to the pace of the disk.</summary>
    public const int ConnectionMax = 256;

    /// <summary>Some 500 bytes each: 8 MB. A thousand agents with 16 each, between two syncs.</summary>
    public const int Max = 16_384;

    private readonly ConditionalWeakTable<ServerConnection, StrongBox<int>> connections = [];
    private int all;

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref all);

    /// <summary>One more waits; false: the connection must wait for it, too. Either way <see cref="Leave"/> is called when it has left.</summary>
    public bool Join(ServerConnection connection)
    {
        int own = Interlocked.Increment(ref connections.GetOrCreateValue(connection).Value);
        return Interlocked.Increment(ref all) <= Max & own <= ConnectionMax;
    }

    public void Leave(ServerConnection connection)
    {
        Interlocked.Decrement(ref connections.GetOrCreateValue(connection).Value);
        Interlocked.Decrement(ref all);
    }
}
