using System.Net;

namespace Tailer.Agent;

/// <summary>A buck of the configuration.</summary>
internal sealed record BuckTarget(string Name, EndPoint Address);
