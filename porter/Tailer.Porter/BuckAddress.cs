using Tailer.Hosting;

namespace Tailer.Porter;

/// <summary>A buck as the configuration names it.</summary>
internal sealed record BuckAddress(string Name, NetworkAddress Address);
