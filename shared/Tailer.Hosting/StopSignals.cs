using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>Turns SIGTERM and SIGINT into a cancelled token. The first asks for a clean stop; a second SIGINT leaves at
/// once, which is safe because every part is built to be killed.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly Action<string> _onStop;
    private int _asked;

    /// <summary><paramref name="onStop"/> is called once, with the name of the signal.</summary>
    public StopSignals(Action<string> onStop)
    {
        _onStop = onStop;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, "SIGTERM"));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, "SIGINT"));
    }

    public CancellationToken Token => _stopping.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            _onStop(name);
            _stopping.Cancel();
        }
        else if (context.Signal == PosixSignal.SIGINT)
        {
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}
