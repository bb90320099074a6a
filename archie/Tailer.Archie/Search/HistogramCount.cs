using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>What was counted, over which range, in slots of which width; slots without events are left out.</summary>
/// <param name="Problems">Segments that could not be read.</param>
internal sealed record HistogramCount(ulong From, ulong To, ulong Step, IReadOnlyList<HistogramSlot> Slots, IReadOnlyList<string> Problems);
