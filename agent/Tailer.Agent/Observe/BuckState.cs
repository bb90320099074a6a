namespace Tailer.Agent;

/// <summary>How the agent stands with one buck.</summary>
/// <param name="Trouble">What was last wrong with it; empty when nothing is.</param>
internal sealed record BuckState(string Name, string Address, bool IsConnected, bool IsHealthy, string Trouble)
{
    public string Text => IsHealthy ? "connected" : IsConnected ? "pausing" : "not connected";
}
