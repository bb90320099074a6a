using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>A record of a bucket file without its body. The header is null for manifests, and where it could not be read.</summary>
internal sealed record ListedRecord(PacketId Id, RecordType Type, RecordPosition Position, FrameHeader? Header);
