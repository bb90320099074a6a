using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>Turns SIGTERM, SIGINT and SIGHUP into a cancelled token. The first asks for a clean stop; a second SIGINT leaves at
/// once, which is safe because every part is built to be killed.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration terminate;
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration hangUp;
    private readonly ParentWatch? parent;
    private readonly Action<string> whenAsked;
    private int asked;

    /// <summary><paramref name="onStop"/> is called once, with the name of the signal.</summary>
    public StopSignals(Action<string> onStop)
    {
        whenAsked = onStop;
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, "SIGTERM"));
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, "SIGINT"));
        hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, "SIGHUP"));
        parent = ParentWatch.Start(() => Stop("the process that started it is gone"));
    }

    public CancellationToken Token => stopping.Token;

    public void Dispose()
    {
        terminate.Dispose();
        interrupt.Dispose();
        hangUp.Dispose();
        parent?.Dispose();
        stopping.Dispose();
    }

    private void Stop(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        if (!Stop(name) && context.Signal == PosixSignal.SIGINT)
            Environment.Exit(ExitCode.Interrupted);
    }

    private bool Stop(string reason)
    {
        if (Interlocked.Exchange(ref asked, 1) != 0)
            return false;
        whenAsked(reason);
        stopping.Cancel();
        return true;
    }
}
