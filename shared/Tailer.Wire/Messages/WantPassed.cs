using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>WANT_PASSED: to how many connections of the agent the WANT was passed; 0: it is not connected here.</summary>
public sealed record WantPassed(int Agents) : IWireMessage<WantPassed>
{
    public static MessageType Type => MessageType.WantPassed;

    public void WriteHead(ByteWriter writer) => writer.U16((ushort)Agents);

    public static WantPassed? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var passed = new WantPassed(reader.U16());
        return reader.Failed ? null : passed;
    }
}
