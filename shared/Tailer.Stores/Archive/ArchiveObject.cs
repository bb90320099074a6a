namespace Tailer.Stores;

/// <summary>An object of the archive: its name, parts separated by slashes, and its size.</summary>
public sealed record ArchiveObject(string Name, long Bytes)
{
    /// <summary>The last part of the name.</summary>
    public string FileName => Name[(Name.LastIndexOf('/') + 1)..];
}
