using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>What the checkpoint keeps of a source's file beside its position.</summary>
internal sealed record SavedPlace(SourceId Id, string SeenAt, ulong StartedNs, ulong KnownSize, ulong RepeatUntil, FileIdentity File, Packing Packing)
{
    public static SavedPlace Of(FollowedSource source) =>
        new(source.Id, source.SeenAt, source.StartedNs, source.KnownSize, source.RepeatUntil, source.File, source.Packing);

    /// <summary>For a source found after the last checkpoint.</summary>
    public static SavedPlace Guess(SourcePosition position, ulong nowNs)
    {
        SourceDescriptor d = position.Descriptor;
        ulong startedNs = d.Incarnation == 0 && d.BirthTimeNs != 0 ? Math.Min(nowNs, d.BirthTimeNs) : Math.Min(nowNs, position.LastTime == 0 ? nowNs : position.LastTime * 10);
        return new SavedPlace(d.Id, d.Path, startedNs, position.Position, 0, default, Packing.None);
    }

    public void WriteTo(ByteWriter w)
    {
        w.Id(Id);
        w.Text(SeenAt);
        w.U64(StartedNs);
        w.Varint(KnownSize);
        w.Varint(RepeatUntil);
        SavedPath.Write(w, File);
        w.U8((byte)Packing);
    }

    public static SavedPlace Read(ref SpanReader r, byte version) => new(
        r.SourceId(), r.Text(Limits.PathBytesMax), r.U64(), r.Varint(), r.Varint(),
        version < 2 ? default : SavedPath.ReadIdentity(ref r), version < 2 ? Packing.None : (Packing)r.U8());
}
