namespace Tailer.Agent;

/// <summary>How far the agent is behind in the files of one path, rotated ones included.</summary>
/// <param name="Bytes">Not yet read.</param>
/// <param name="Since">When the agent was last not behind in any of them, as well as it looks, which is every two seconds.</param>
internal sealed record FileLag(string Path, long Bytes, DateTimeOffset Since);
