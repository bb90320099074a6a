using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>A manifest, its id, and its bytes as they came.</summary>
internal sealed record HeldManifest(PacketId Id, Manifest Content, byte[] Bytes);
