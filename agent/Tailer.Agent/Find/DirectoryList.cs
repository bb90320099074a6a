using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>What is in a directory, by name, ordinal; and which of it has the name of a rotated file.</summary>
internal sealed class DirectoryList(IReadOnlyList<DirectoryEntry> entries)
{
    private ILookup<string, DirectoryEntry>? rotations;

    /// <summary>Of a directory that is not there.</summary>
    public static DirectoryList Empty { get; } = new([]);

    /// <summary>Of a directory that must not be listed: nobody knows what is in it.</summary>
    public static DirectoryList Hidden { get; } = new([]);

    public IReadOnlyList<DirectoryEntry> Entries => entries;

    public FileIdentity Identity { get; init; }

    public ulong ModifiedNs { get; init; }

    /// <summary>Another change would have another stamp.</summary>
    public bool IsSettled { get; init; }

    /// <summary>When it was asked for last.</summary>
    public long Round { get; set; }

    /// <summary>Files named like rotations, archives too, by the name of what they may have been.</summary>
    public ILookup<string, DirectoryEntry> Rotations => rotations ??= entries
        .Where(e => e.Kind is DirectoryEntryKind.File or DirectoryEntryKind.Unknown)
        .SelectMany(e => RotatedName.Originals(e.Name).Select(original => (original, e)))
        .ToLookup(r => r.original, r => r.e, StringComparer.Ordinal);
}
