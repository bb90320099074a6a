using Tailer.Blocks;
using Tailer.Cli.Show;

namespace Tailer.Cli.Inspect;

/// <summary>Manifests, a row each.</summary>
internal static class ManifestSheet
{
    public static Sheet Create(bool showAll, bool inRecords)
    {
        Column position = inRecords ? new Column("position", "position") : Column.ForPrograms("position");
        return new Sheet(
            "manifests", "manifests", "--packets", showAll,
            position, new("id", "manifest"), new("agent", "agent"), new("host", "host"), new("number", "number"), new("coversFrom", "covers from (UTC)"), new("coversTo", "to"),
            new("packets", "packets"), new("sources", "sources"), new("skips", "skips"), new("flags", "flags"), new("damage", "damage"));
    }

    /// <param name="sheet">Made by <see cref="Create"/>.</param>
    /// <param name="position">Of its record; null when it lies in no bucket file.</param>
    /// <param name="id">Its id.</param>
    /// <param name="manifest">Null when it cannot be read.</param>
    /// <param name="wrong">What is wrong with it.</param>
    public static void Add(Sheet sheet, long? position, PacketId id, Manifest? manifest, string? wrong)
    {
        Cell place = position is { } at ? Cell.Offset(at) : Cell.None;
        Cell damage = wrong is null ? Cell.None : Cell.Of(wrong);
        if (manifest is null)
        {
            sheet.Add(place, Cell.Id(id.ToString(), false), Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, damage);
            return;
        }
        int skips = manifest.Sources.Sum(s => s.Skips.Count);
        sheet.Add(
            place, Cell.Id(id.ToString(), false), Cell.Of(manifest.Agent), Cell.Of(manifest.Host), Cell.Number((long)manifest.Number), Second(manifest.CoversFrom, null),
            Second(manifest.CoversTo, manifest.CoversFrom), Cell.Number(manifest.Packets.Count), Cell.Number(manifest.Sources.Count),
            new Cell(skips == 0 ? "" : Quantity.Number(skips), (long)skips, true), Flags(manifest.Flags), damage);
    }

    public static Cell Flags(ManifestFlags flags)
    {
        List<string> names = [];
        if ((flags & ManifestFlags.Goodbye) != 0)
            names.Add("goodbye");
        if ((flags & ManifestFlags.Retired) != 0)
            names.Add("retired");
        if ((flags & ManifestFlags.WasDown) != 0)
            names.Add("was-down");
        if ((flags & ManifestFlags.StateLost) != 0)
            names.Add("state-lost");
        return Cell.List(names);
    }

    /// <summary>Buckets begin at whole seconds.</summary>
    private static Cell Second(ulong time, ulong? before)
    {
        string text = before is { } first ? Quantity.TimeAfter(time, first) : Quantity.Time(time);
        return new Cell(text[..^4], LogTime.Format(time));
    }
}
