using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Porter;

/// <summary>
/// How far the porter is, for status pages: a small JSON file beside the recent index, replaced atomically, written when it
/// changes. Nothing is decided by it. Fields: docs/operating.md.
/// </summary>
internal sealed class StatusFile
{
    public const string FileName = "porter.json";

    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    private readonly IDisk disk;
    private readonly string path;
    private string? written;
    private string? archivedUntil;

    public StatusFile(IDisk disk, string folder)
    {
        this.disk = disk;
        path = Path.Combine(folder, FileName);
    }

    /// <summary>Throws <see cref="IOException"/>.</summary>
    public void Write(ulong? watermark, PorterProgress progress, FleetListing listing)
    {
        archivedUntil = progress.ArchivedUntil > 0 ? LogTime.Format(progress.ArchivedUntil) : archivedUntil ?? ReadArchivedUntil();
        string content = JsonSerializer.Serialize(new
        {
            watermark = watermark is > 0 ? LogTime.Format(watermark.Value) : null,
            archivedUntil,
            oldestBucket = listing.Files.Count > 0 ? LogTime.Format(listing.Files[0].Start) : null,
            unreachable = listing.Unreachable,
            gaps = progress.Gaps,
        }, Form);
        if (content == written)
            return;
        AtomicFile.Write(disk, path, Encoding.UTF8.GetBytes(content));
        written = content;
    }

    /// <summary>After a start nothing is proved yet; what the file said before still holds.</summary>
    private string? ReadArchivedUntil()
    {
        if (disk.ReadAll(path) is not { } bytes)
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.TryGetProperty("archivedUntil", out JsonElement value) ? value.GetString() : null;
        }
        catch (JsonException)
        {
            // Only for display, and replaced in a moment.
            return null;
        }
    }
}
