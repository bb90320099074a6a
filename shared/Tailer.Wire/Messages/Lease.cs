using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// LEASE: asks to be the one who does a job for a while. It saves waste and is not needed for correctness. Answered by LEASED.
/// </summary>
/// <param name="Name">The job.</param>
/// <param name="Holder">Who asks; the same holder renews.</param>
/// <param name="Lifetime">For how long; zero gives it back.</param>
public sealed record Lease(string Name, string Holder, TimeSpan Lifetime) : IWireMessage<Lease>
{
    public static MessageType Type => MessageType.Lease;

    public void WriteHead(ByteWriter writer)
    {
        writer.Text(WireText.Within(Name, WireLimits.NameBytesMax, nameof(Name)));
        writer.Text(WireText.Within(Holder, WireLimits.NameBytesMax, nameof(Holder)));
        writer.U32(WireText.Milliseconds(Lifetime));
    }

    public static Lease? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var lease = new Lease(reader.Text(WireLimits.NameBytesMax), reader.Text(WireLimits.NameBytesMax), TimeSpan.FromMilliseconds(reader.U32()));
        return reader.Failed ? null : lease;
    }
}
