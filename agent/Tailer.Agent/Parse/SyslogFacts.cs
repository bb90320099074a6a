namespace Tailer.Agent;

/// <summary>What a syslog header says.</summary>
/// <param name="Host">The host it claims, where that is asked and allowed.</param>
/// <param name="IsHostRefused">It claims one that is not allowed.</param>
/// <param name="App">Null: none.</param>
/// <param name="Pid">0: none.</param>
internal readonly record struct SyslogFacts(string? Host, bool IsHostRefused, string? App, uint Pid);
