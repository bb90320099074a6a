using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>
/// Writes events as docs/formats/http.md, section 2.1, has them. By hand, because ten thousand of them are one answer. Not
/// thread-safe.
/// </summary>
public sealed class EventJson
{
    /// <summary>The answer is JSON and never put into HTML as it is, so only what JSON itself needs is escaped.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly LineView view = new();

    /// <summary>One event as a text.</summary>
    public static string TextOf(FoundEvent found)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
            new EventJson().Write(json, found);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <param name="type">Where lines of several types are mixed; null leaves it out.</param>
    public void Write(Utf8JsonWriter json, FoundEvent found, string? type = null)
    {
        json.WriteStartObject();
        if (type is not null)
            json.WriteString("type"u8, type);
        json.WriteString("source"u8, found.Source.ToString());
        json.WriteNumber("offset"u8, found.Offset);
        json.WriteNumber("length"u8, found.Length);
        json.WriteString("time"u8, SearchTime.Format(found.Time));
        json.WriteString("host"u8, found.Host);
        if (found.App.Length > 0)
            json.WriteString("app"u8, found.App);
        if (found.Pid > 0)
            json.WriteNumber("pid"u8, found.Pid);
        if (found.Severity != Severity.Unknown)
            json.WriteString("level"u8, SeverityNames.NameOf(found.Severity));
        if (found.Path.Length > 0)
            json.WriteString("path"u8, found.Path);
        json.WriteString("agent"u8, found.Agent);
        WriteText(json, view.Read(found.View, found.Bytes));
        WriteFlags(json, found.Flags);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
            json.WriteString("text"u8, text);
        else
            json.WriteString("text"u8, Encoding.UTF8.GetString(text));
    }

    private static void WriteFlags(Utf8JsonWriter json, EventFlags flags)
    {
        if (flags == EventFlags.None)
            return;
        json.WriteStartArray("flags"u8);
        if (flags.HasFlag(EventFlags.Continues))
            json.WriteStringValue("continues"u8);
        if (flags.HasFlag(EventFlags.Partial))
            json.WriteStringValue("partial"u8);
        if (flags.HasFlag(EventFlags.TimeInherited))
            json.WriteStringValue("timeInherited"u8);
        if (flags.HasFlag(EventFlags.Altered))
            json.WriteStringValue("altered"u8);
        json.WriteEndArray();
    }
}
