using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// A message's body as a type. The body is what <see cref="WriteHead"/> writes, then <see cref="Tail"/>, which is sent
/// without being copied into the head first.
/// </summary>
public interface IWireMessage<TSelf>
    where TSelf : class, IWireMessage<TSelf>
{
    static abstract MessageType Type { get; }

    /// <summary>The rest of the body: a frame or another opaque payload; empty for most.</summary>
    ReadOnlyMemory<byte> Tail => default;

    void WriteHead(ByteWriter writer);

    /// <summary>
    /// Reads a body; null when it is malformed, and it never throws. Memory inside the result points into
    /// <paramref name="body"/>. Bytes after the last known field are ignored: a later version may add fields there.
    /// </summary>
    static abstract TSelf? Read(ReadOnlyMemory<byte> body);
}
