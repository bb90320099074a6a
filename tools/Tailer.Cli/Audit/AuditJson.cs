using System.Text.Json;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Cli.Audit;

/// <summary>An audit for programs: <c>{complete, files: [{host, path, agent, bytes, sources, mayRepeat, gaps, dropped}], agents: [...]}</c>.</summary>
internal static class AuditJson
{
    public static void Write(AuditReport report, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("complete", report.Complete);
        json.WriteStartArray("files");
        foreach (FileAudit file in report.Files)
            WriteFile(json, file);
        json.WriteEndArray();
        json.WriteStartArray("agents");
        foreach (AgentAudit agent in report.Agents)
            WriteAgent(json, agent);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteFile(Utf8JsonWriter json, FileAudit file)
    {
        json.WriteStartObject();
        json.WriteString("host", file.Host);
        json.WriteString("path", file.Path);
        json.WriteString("agent", file.Agent);
        json.WriteNumber("bytes", file.HeldBytes);
        json.WriteNumber("sources", file.Sources.Count);
        json.WriteBoolean("mayRepeat", file.MayRepeat);
        WriteRanges(json, "gaps", file.Gaps);
        WriteRanges(json, "dropped", file.Dropped);
        json.WriteEndObject();
    }

    private static void WriteRanges(Utf8JsonWriter json, string name, IReadOnlyList<FileGap> ranges)
    {
        json.WriteStartArray(name);
        foreach (FileGap gap in ranges)
        {
            json.WriteStartObject();
            json.WriteString("source", gap.Source.ToString());
            json.WriteNumber("from", gap.From);
            json.WriteNumber("to", gap.To);
            json.WriteString("why", JsonNamingPolicy.CamelCase.ConvertName(gap.Reason.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAgent(Utf8JsonWriter json, AgentAudit agent)
    {
        json.WriteStartObject();
        json.WriteString("agent", agent.Agent);
        json.WriteString("host", agent.Host);
        json.WriteString("state", JsonNamingPolicy.CamelCase.ConvertName(agent.State.ToString()));
        json.WriteString("heardUntil", LogTime.Format(agent.HeardUntil));
        json.WriteStartArray("holes");
        foreach (ManifestHole hole in agent.Holes)
        {
            json.WriteStartObject();
            json.WriteString("from", LogTime.Format(hole.From));
            json.WriteString("to", LogTime.Format(hole.To));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
