namespace Tailer.Blocks;

/// <summary>What mostly stays the same from event to event: source and names as indexes, and the process id.</summary>
internal readonly record struct EventKey(int Source, int Host, int App, uint Pid);
