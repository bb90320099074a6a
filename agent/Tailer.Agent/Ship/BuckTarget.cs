using System.Net;

namespace Tailer.Agent;

/// <summary>A buck of the configuration. Copies of a packet go to different zones where they can; an empty zone is one of its own.</summary>
internal sealed record BuckTarget(string Name, EndPoint Address, string Zone = "");
