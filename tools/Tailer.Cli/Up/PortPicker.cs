using System.Net;
using System.Net.Sockets;

namespace Tailer.Cli.Up;

/// <summary>Chooses ports on loopback: the one used before where it is still free, else the next free one upwards.</summary>
internal sealed class PortPicker(int first, Func<int, bool> isFree)
{
    private readonly HashSet<int> taken = [];
    private int offset;

    /// <summary>Returns a port not yet given out that nobody listens on now.</summary>
    /// <exception cref="Hosting.FatalException">69 when none is left.</exception>
    public int Pick(int? before)
    {
        if (before is { } port && !taken.Contains(port) && isFree(port))
        {
            taken.Add(port);
            return port;
        }

        for (; first + offset <= ushort.MaxValue; offset++)
        {
            int next = first + offset;
            if (isFree(next) && taken.Add(next))
                return next;
        }

        throw new Hosting.FatalException(Hosting.ExitCode.Unavailable, $"no free port from {first} on; choose another start with --port");
    }

    /// <summary>True when nobody listens there; what may happen a moment later is not known to anybody.</summary>
    public static bool IsFreeOnLoopback(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
