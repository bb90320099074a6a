using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Where a record is in its bucket file, and what it is.</summary>
internal readonly record struct RecordPlace(long Position, int BodyBytes, RecordType Type, PacketId Id);
