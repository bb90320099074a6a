using System.Diagnostics.CodeAnalysis;
using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// A message as it came. Its holder owns the rented body and gives it back by <see cref="Dispose"/>, after which neither
/// the body nor any memory in a typed message read from it may be used. Handing the message on hands on that duty.
/// </summary>
public sealed class ReceivedMessage : IDisposable
{
    private byte[]? rented;

    internal ReceivedMessage(MessageType type, byte flags, uint correlation, byte[]? rented, int bodyBytes)
    {
        Type = type;
        Flags = flags;
        Correlation = correlation;
        this.rented = rented;
        Body = rented is null ? default : rented.AsMemory(0, bodyBytes);
    }

    public MessageType Type { get; }

    /// <summary>Reserved; 0 in version 1.</summary>
    public byte Flags { get; }

    /// <summary>Of a request: to be repeated in its replies. Of a reply: the request's. 0: no reply is wanted.</summary>
    public uint Correlation { get; }

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Of an APPEND that came together with others: the id of its frame, computed from its bytes. Null: whoever needs it computes it.</summary>
    public PacketId? FrameId { get; internal set; }

    /// <summary>The typed form; false when the type is another one or the body is malformed.</summary>
    public bool TryRead<T>([NotNullWhen(true)] out T? message)
        where T : class, IWireMessage<T>
    {
        message = Type == T.Type ? T.Read(Body) : null;
        return message is not null;
    }

    public void Dispose()
    {
        byte[]? returned = Interlocked.Exchange(ref rented, null);
        Body = default;
        if (returned is not null)
            BufferPool.Return(returned);
    }
}
