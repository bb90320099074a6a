using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Tailer.Agent;

/// <summary>
/// Tells the service manager how the agent is, as sd_notify(3) describes: datagrams of <c>NAME=value</c> lines to the socket that
/// <c>NOTIFY_SOCKET</c> names. Where there is none, nothing is sent. Never waits and never throws: a manager that does not listen
/// must not stop the reading.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    /// <summary>Of the time after which the manager takes the agent for hung, the part after which it is told again.</summary>
    private const int BeatsPerLimit = 4;

    private readonly Socket? socket;
    private readonly UnixDomainSocketEndPoint? manager;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly TimeSpan beatEvery;
    private long beatAt;
    private bool isReady;
    private bool hasFailed;
    private string lastStatus = "";

    /// <param name="variable">Gives an environment variable, or null.</param>
    /// <param name="processId">Of this process: the watchdog may be meant for another one.</param>
    public ServiceNotifier(Func<string, string?> variable, int processId, TimeProvider clock, ILogger log)
    {
        this.clock = clock;
        this.log = log;
        if (variable("NOTIFY_SOCKET") is not { Length: > 1 } path)
            return;
        if (path[0] is not ('/' or '@'))
        {
            ObserveLog.NotifySocketUnknown(log, path);
            return;
        }
        // An @ stands for the zero byte of a name that is in no file system.
        manager = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        bool isMine = variable("WATCHDOG_PID") is not { } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        if (isMine && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit > 0)
            beatEvery = TimeSpan.FromMicroseconds(limit) / BeatsPerLimit;
    }

    /// <summary>
    /// The reading loop did something, or had nothing to do. The first time that says that the agent is ready, later ones that it does
    /// not hang. For the reading thread; may be called at every step.
    /// </summary>
    public void Beat()
    {
        if (socket is null)
            return;
        if (!isReady)
        {
            isReady = true;
            Send("READY=1");
        }
        if (beatEvery == TimeSpan.Zero || (beatAt != 0 && clock.GetElapsedTime(beatAt) < beatEvery))
            return;
        beatAt = clock.GetTimestamp();
        Send("WATCHDOG=1");
    }

    /// <summary>The longest that the reading loop may wait without calling <see cref="Beat"/>.</summary>
    public TimeSpan BeatEvery => beatEvery == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : beatEvery;

    /// <summary>One line for <c>systemctl status</c>; sent when it is another than before. For one thread.</summary>
    public void Status(Func<string> read)
    {
        if (socket is null || read() is not { } line || line == lastStatus)
            return;
        lastStatus = line;
        Send($"STATUS={line.ReplaceLineEndings(" ")}");
    }

    /// <summary>It was asked to end.</summary>
    public void Stopping() => Send("STOPPING=1");

    public void Dispose() => socket?.Dispose();

    private void Send(string message)
    {
        if (socket is null)
            return;
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(message), manager!);
        }
        catch (SocketException e)
        {
            // A full queue, or nobody there: the next message may get through; said once.
            if (!Interlocked.Exchange(ref hasFailed, true))
                ObserveLog.NotifyFailed(log, e.Message);
        }
    }
}
