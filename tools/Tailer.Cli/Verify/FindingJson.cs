using System.Text.Json;

namespace Tailer.Cli.Verify;

/// <summary>Damage for programs, as fields of the object that is open: <c>damage</c>, <c>damageLeftOut</c>, <c>notes</c>, <c>advice</c>.</summary>
internal static class FindingJson
{
    public static void Write(Utf8JsonWriter json, FileProof proof)
    {
        json.WriteStartArray("damage");
        foreach (Finding finding in proof.Findings)
        {
            json.WriteStartObject();
            json.WriteNumber("from", finding.From);
            json.WriteNumber("to", finding.To);
            json.WriteString("what", finding.What);
            json.WriteString("means", finding.Means);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("damageLeftOut", proof.FindingsLeftOut);
        json.WriteStartArray("notes");
        foreach (string note in proof.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
        if (!proof.IsWhole)
            json.WriteString("advice", proof.Advice);
    }
}
