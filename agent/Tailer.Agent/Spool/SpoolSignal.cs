using System.Threading.Channels;

namespace Tailer.Agent;

/// <summary>Wakes one waiting reader when something was written; several sets before a wait are one.</summary>
internal sealed class SpoolSignal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => channel.Writer.TryWrite(true);

    public ValueTask<bool> Wait(CancellationToken stop) => channel.Reader.ReadAsync(stop);
}
