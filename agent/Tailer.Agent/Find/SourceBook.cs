using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>All sources that are known: by id, by the file they are read from, by the name that file was seen under last.</summary>
internal sealed class SourceBook
{
    private readonly Dictionary<SourceId, FollowedSource> all = [];
    private readonly Dictionary<FileIdentity, FollowedSource> byFile = [];
    private readonly Dictionary<string, FollowedSource> byPlace = new(StringComparer.Ordinal);
    private readonly List<FollowedSource> active = [];

    public IReadOnlyCollection<FollowedSource> All => all.Values;

    /// <summary>Sources that may have something to read or to finish; whoever looks at them removes those that have not.</summary>
    public List<FollowedSource> Active => active;

    public FollowedSource? Find(SourceId id) => all.GetValueOrDefault(id);

    public FollowedSource? Find(FileIdentity file) => byFile.GetValueOrDefault(file);

    public FollowedSource? At(string place) => byPlace.GetValueOrDefault(place);

    /// <summary>A source with a file; the one that was read from that file so far has no longer any.</summary>
    public void Add(FollowedSource source)
    {
        AddWithoutFile(source);
        byFile[source.File] = source;
        byPlace[source.SeenAt] = source;
    }

    /// <summary>The same of what is in that file now, which may have lost its name to another one.</summary>
    public void AddAfter(FollowedSource ended, FollowedSource source)
    {
        FollowedSource? there = At(ended.SeenAt);
        Add(source);
        if (there is not null && there != ended)
            byPlace[source.SeenAt] = there;
    }

    public void AddWithoutFile(FollowedSource source)
    {
        all.Add(source.Id, source);
        source.Path.Sources.Add(source);
        Activate(source);
    }

    /// <summary>A source goes on in another file.</summary>
    public void Attach(FollowedSource source, FileIdentity file, string place)
    {
        Detach(source);
        source.File = file;
        source.SeenAt = place;
        byFile[file] = source;
        byPlace[place] = source;
    }

    /// <summary>The source's file has another name.</summary>
    public void Move(FollowedSource source, string place)
    {
        if (source.SeenAt != place)
        {
            if (At(source.SeenAt) == source)
                byPlace.Remove(source.SeenAt);
            source.SeenAt = place;
        }
        byPlace[place] = source;
    }

    public void Remove(FollowedSource source)
    {
        Detach(source);
        all.Remove(source.Id);
        source.Path.Sources.Remove(source);
    }

    /// <summary>Something may be new: it is looked at in the next round.</summary>
    public void Activate(FollowedSource source)
    {
        source.NextLook = default;
        if (source.IsActive)
            return;
        source.IsActive = true;
        active.Add(source);
    }

    private void Detach(FollowedSource source)
    {
        if (Find(source.File) == source)
            byFile.Remove(source.File);
        if (At(source.SeenAt) == source)
            byPlace.Remove(source.SeenAt);
    }
}
