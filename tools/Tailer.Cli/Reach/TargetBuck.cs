using Tailer.Hosting;

namespace Tailer.Cli.Reach;

/// <summary>A buck: its name, the address of its secure channel, and its URL for live lines.</summary>
internal sealed record TargetBuck(string Name, NetworkAddress Address, Uri Http);
