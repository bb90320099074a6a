using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>Writes events as docs/formats/http.md, section 2.1, has them. Not thread-safe; reused event after event.</summary>
internal sealed class EventEncoder : IDisposable
{
    /// <summary>Quotes and controls are escaped, letters of all scripts are not: this goes into JSON and nowhere else.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter json = new(Stream.Null, Options);

    /// <summary>Writes event <paramref name="i"/> in a format's form for one event, separators included save the hub's commas.</summary>
    public void Write(LiveFormat format, PacketView packet, int i, ByteWriter to)
    {
        switch (format)
        {
            case LiveFormat.Text:
                WriteText(packet[i].Bytes, to);
                break;
            case LiveFormat.JsonLines:
                WriteObject(packet, i, to, typed: true);
                to.Raw("\n"u8);
                break;
            case LiveFormat.EventStream:
                to.Raw("event: line\ndata: "u8);
                WriteObject(packet, i, to, typed: false);
                to.Raw("\n\n"u8);
                break;
            default:
                WriteObject(packet, i, to, typed: false);
                break;
        }
    }

    /// <summary>Writes the notice of a drop for a stream of lines; the hub has its own field for it.</summary>
    public void WriteDropped(LiveFormat format, DropNotice notice, ByteWriter to)
    {
        if (format == LiveFormat.Text)
        {
            to.Raw(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# tailer: dropped {notice.Lines} lines\n")));
            return;
        }
        bool isEventStream = format == LiveFormat.EventStream;
        if (isEventStream)
            to.Raw("event: dropped\ndata: "u8);
        json.Reset((IBufferWriter<byte>)to);
        json.WriteStartObject();
        if (!isEventStream)
            json.WriteString("type"u8, "dropped"u8);
        json.WriteNumber("lines"u8, notice.Lines);
        WriteDroppedPackets("packets"u8, notice);
        json.WriteEndObject();
        json.Flush();
        to.Raw(isEventStream ? "\n\n"u8 : "\n"u8);
    }

    /// <summary>Writes the hub's batch around events already encoded and separated by commas.</summary>
    public void WriteBatch(ReadOnlySpan<byte> events, ReadOnlySpan<BatchPacket> packets, DropNotice? notice, bool live, ByteWriter to)
    {
        to.Raw("{\"events\":["u8);
        to.Raw(events);
        to.Raw("],\"packets\":"u8);
        json.Reset((IBufferWriter<byte>)to);
        json.WriteStartArray();
        foreach (BatchPacket packet in packets)
        {
            json.WriteStartObject();
            json.WriteString("packet"u8, packet.Id.ToString());
            json.WriteNumber("matched"u8, packet.Matched);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Flush();
        if (notice is not null)
            WriteNotice(notice, to);
        to.Raw(live ? ",\"live\":true}"u8 : ",\"live\":false}"u8);
    }

    public void Dispose() => json.Dispose();

    private void WriteNotice(DropNotice notice, ByteWriter to)
    {
        to.Raw(",\"dropped\":"u8);
        json.Reset((IBufferWriter<byte>)to);
        WriteDroppedPackets(default, notice);
        json.Flush();
        if (notice.More > 0)
            to.Raw(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"droppedMore\":{notice.More}")));
    }

    private void WriteDroppedPackets(ReadOnlySpan<byte> name, DropNotice notice)
    {
        if (name.IsEmpty)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (BatchPacket packet in notice.Packets)
        {
            json.WriteStartObject();
            json.WriteString("packet"u8, packet.Id.ToString());
            json.WriteNumber("matched"u8, packet.Matched);
            json.WriteString("agent"u8, packet.Agent);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteObject(PacketView packet, int i, ByteWriter to, bool typed)
    {
        Event e = packet[i];
        Span<byte> time = stackalloc byte[TimeText.Bytes];
        TimeText.Format(e.Time, time);
        json.Reset((IBufferWriter<byte>)to);
        json.WriteStartObject();
        if (typed)
            json.WriteString("type"u8, "event"u8);
        json.WriteString("source"u8, packet.SourceText(i));
        json.WriteNumber("offset"u8, e.Offset);
        json.WriteNumber("length"u8, e.Bytes.Length);
        json.WriteString("time"u8, time);
        json.WriteString("host"u8, e.Host);
        if (!string.IsNullOrEmpty(e.App))
            json.WriteString("app"u8, e.App);
        if (e.Pid != 0)
            json.WriteNumber("pid"u8, e.Pid);
        if (e.Severity != Severity.Unknown)
            json.WriteString("level"u8, SeverityNames.NameOf(e.Severity));
        if (packet.Path(i) is { Length: > 0 } path)
            json.WriteString("path"u8, path);
        json.WriteString("agent"u8, packet.Header.Agent);
        json.WriteString("text"u8, packet.Text(i));
        if (e.Flags != EventFlags.None)
            WriteFlags(e.Flags);
        json.WriteString("packet"u8, packet.IdText);
        json.WriteEndObject();
        json.Flush();
    }

    private void WriteFlags(EventFlags flags)
    {
        json.WriteStartArray("flags"u8);
        if ((flags & EventFlags.Continues) != 0)
            json.WriteStringValue("continues"u8);
        if ((flags & EventFlags.Partial) != 0)
            json.WriteStringValue("partial"u8);
        if ((flags & EventFlags.TimeInherited) != 0)
            json.WriteStringValue("timeInherited"u8);
        if ((flags & EventFlags.Altered) != 0)
            json.WriteStringValue("altered"u8);
        json.WriteEndArray();
    }

    private static void WriteText(ReadOnlySpan<byte> line, ByteWriter to)
    {
        to.Raw(line);
        if (line.IsEmpty || line[^1] != (byte)'\n')
            to.Raw("\n"u8);
    }
}
