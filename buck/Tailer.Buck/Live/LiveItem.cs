namespace Tailer.Buck;

/// <summary>One step of a viewer's stream: lines, or the notice that lines are missing here.</summary>
internal readonly record struct LiveItem(LiveUnit? Unit, DropNotice? Notice);
