using System.Text.Json;
using Tailer.Cli.Verify;

namespace Tailer.Cli.Inspect;

/// <summary>
/// A description for programs: one object with <c>file</c>, <c>kind</c>, <c>fileBytes</c>, <c>ok</c>, a field for each fact, an array for each
/// table, <c>sample</c> for the events asked for, and damage as <c>tailer verify</c> writes it.
/// </summary>
internal static class DescriptionJson
{
    public static void Write(Description description, Stream output)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            FileProof proof = description.Proof;
            json.WriteStartObject();
            json.WriteString("file", proof.Path);
            json.WriteString("kind", proof.Kind);
            json.WriteNumber("fileBytes", proof.FileBytes);
            json.WriteBoolean("ok", proof.IsWhole);
            foreach (Fact fact in description.Facts)
            {
                json.WritePropertyName(fact.Key);
                fact.Value.WriteTo(json);
            }
            foreach (Sheet sheet in description.Sheets)
                Write(json, sheet);
            if (description.Events.Count > 0)
                Write(json, description.Events);
            FindingJson.Write(json, proof);
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
        output.Flush();
    }

    private static void Write(Utf8JsonWriter json, Sheet sheet)
    {
        json.WriteStartArray(sheet.Key);
        foreach (Cell[] row in sheet.Rows)
        {
            json.WriteStartObject();
            for (int i = 0; i < row.Length; i++)
            {
                json.WritePropertyName(sheet.Columns[i].Key);
                row[i].WriteTo(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, List<EventSample> events)
    {
        json.WriteStartArray("sample");
        foreach (EventSample e in events)
        {
            json.WriteStartObject();
            json.WriteString("source", e.Source.ToString());
            json.WriteNumber("offset", e.Offset);
            json.WriteNumber("bytes", e.Bytes);
            json.WriteString("time", Blocks.LogTime.Format(e.Time));
            json.WriteString("host", e.Host);
            json.WriteString("app", e.App);
            json.WriteString("severity", EventSample.Name(e.Severity));
            json.WriteNumber("pid", e.Pid);
            json.WriteNumber("flags", (byte)e.Flags);
            json.WriteString("text", e.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
