using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A packet of which lines are in a batch, or were dropped: how many of its lines match the viewer's query.</summary>
internal readonly record struct BatchPacket(PacketId Id, int Matched, string Agent);
