namespace Tailer.Buck;

/// <summary>One disk of this buck.</summary>
internal sealed record DiskStatus(string Path, int? Number, int Weight, string State, long? FreeBytes, long ReserveBytes, string? Trouble)
{
    public static DiskStatus Of(StoreDisk disk)
    {
        string? trouble = disk.Trouble;
        return new DiskStatus(disk.Directory, disk.Number < 0 ? null : disk.Number, disk.Weight, disk.State, trouble is null ? disk.Reserve.FreeBytes : null, disk.Reserve.ReserveBytes, trouble);
    }
}
