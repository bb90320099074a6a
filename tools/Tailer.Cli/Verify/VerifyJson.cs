using System.Text.Json;

namespace Tailer.Cli.Verify;

/// <summary>
/// For programs: <c>{files: [{file, ok, kind, fileBytes, parts, events, rawBytes, seconds, damage, ...}], ok}</c>; a file that could not
/// be read has <c>error</c> instead.
/// </summary>
internal sealed class VerifyJson : IVerifyOutput, IDisposable
{
    private readonly Stream output;
    private readonly Utf8JsonWriter json;
    private bool ok = true;

    public VerifyJson(Stream output)
    {
        this.output = output;
        json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("files");
    }

    public void Proven(FileProof proof)
    {
        json.WriteStartObject();
        json.WriteString("file", proof.Path);
        json.WriteBoolean("ok", proof.IsWhole);
        json.WriteString("kind", proof.Kind);
        json.WriteNumber("fileBytes", proof.FileBytes);
        json.WriteNumber("parts", proof.Parts);
        json.WriteNumber("events", proof.Events);
        json.WriteNumber("rawBytes", proof.RawBytes);
        json.WriteNumber("seconds", Math.Round(proof.Elapsed.TotalSeconds, 3));
        FindingJson.Write(json, proof);
        json.WriteEndObject();
        json.Flush();
        ok &= proof.IsWhole;
    }

    public void Unread(string path, string reason)
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteBoolean("ok", false);
        json.WriteString("error", reason);
        json.WriteEndObject();
        ok = false;
    }

    public void End()
    {
        json.WriteEndArray();
        json.WriteBoolean("ok", ok);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
        output.Flush();
    }

    public void Dispose() => json.Dispose();
}
