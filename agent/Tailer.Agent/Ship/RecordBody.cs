using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// A record's bytes while it is sent. Those read back from a file are in a rented buffer, which goes back with <see cref="Return"/>;
/// only when no send of them is under way any more, so after a cancelled one they are left to the garbage collector.
/// </summary>
internal sealed class RecordBody
{
    private byte[]? rented;

    private RecordBody(ReadOnlyMemory<byte> bytes, byte[]? rented)
    {
        Bytes = bytes;
        this.rented = rented;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>This process made them: there is nothing to prove.</summary>
    public bool IsOwn => rented is null;

    /// <summary>Bytes just sealed, nobody's to change.</summary>
    public static RecordBody Of(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    public static RecordBody CopyOf(ReadOnlyMemory<byte> bytes)
    {
        byte[] rented = BufferPool.Rent(bytes.Length);
        bytes.CopyTo(rented);
        return new RecordBody(rented.AsMemory(0, bytes.Length), rented);
    }

    public void Return()
    {
        if (rented is not null)
            BufferPool.Return(rented);
        rented = null;
    }
}
