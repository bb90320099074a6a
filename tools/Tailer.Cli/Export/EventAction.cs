using Tailer.Blocks;

namespace Tailer.Cli.Export;

/// <summary>Takes one event of the source that is being read; its bytes are valid only during the call.</summary>
internal delegate void EventAction(in Event e);
