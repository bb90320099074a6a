using System.Text.Json;

namespace Tailer.Agent;

/// <summary>A status for scripts; docs/operating.md names the fields.</summary>
internal static class StatusJson
{
    public static byte[] Write(AgentStatus status)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("version", status.Version);
            json.WriteString("agent", status.Agent);
            json.WriteString("host", status.Host);
            json.WriteNumber("processId", status.ProcessId);
            json.WriteString("now", status.Now);
            json.WriteString("started", status.Started);
            json.WriteNumber("files", status.Reading.Files);
            json.WriteNumber("filesFailing", status.Reading.FilesFailing);
            json.WriteNumber("lagBytes", status.Reading.BytesBehind);
            json.WriteNumber("lagSeconds", Seconds(status.Behind));
            json.WriteNumber("spoolBytes", status.SpoolBytes);
            json.WriteNumber("oldestUnsentSeconds", Seconds(status.OldestUnsent));
            json.WriteNumber("refusedAhead", status.RefusedAhead);
            List(json, "troubles", status.Troubles, json.WriteStringValue);
            List(json, "bucks", status.Bucks, buck =>
            {
                json.WriteStartObject();
                json.WriteString("name", buck.Name);
                json.WriteString("address", buck.Address);
                json.WriteString("state", buck.Text);
                json.WriteString("trouble", buck.Trouble);
                json.WriteEndObject();
            });
            json.WriteNumber("filesBehind", status.Reading.FilesBehind);
            List(json, "worst", status.Reading.Worst, file =>
            {
                json.WriteStartObject();
                json.WriteString("path", file.Path);
                json.WriteNumber("lagBytes", file.Bytes);
                json.WriteNumber("lagSeconds", Seconds(status.Now - file.Since));
                json.WriteEndObject();
            });
            List(json, "counters", status.Counters, counter =>
            {
                json.WriteStartObject();
                json.WriteString("name", counter.Name);
                if (counter.Reason is { } reason)
                    json.WriteString("reason", reason);
                json.WriteNumber("value", counter.Value);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
            write(item);
        json.WriteEndArray();
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
