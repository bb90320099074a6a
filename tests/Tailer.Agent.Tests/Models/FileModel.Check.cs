using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent.Tests;

/// <summary>The model's books: what is where, what is secured, and whether that came out.</summary>
internal sealed partial class FileModel
{
    private void Put(string path, ModelFile file)
    {
        files[path] = file;
        file.Names.Add(path);
    }

    private void Move(string from, string to)
    {
        if (!files.Remove(from, out ModelFile? file))
            return;
        Unlink(to);
        rig.Files.Rename(from, to);
        file.Names.Remove(from);
        Put(to, file);
    }

    private void Unlink(string path)
    {
        if (!files.Remove(path, out ModelFile? file))
            return;
        bool held = IsHeld(path);
        rig.Files.Delete(path);
        file.Names.Remove(path);
        if (file.Names.Count == 0 && !held)
            file.Content.Files.Remove(file);
        // Under none of the names that an agent could look for.
        else if (!file.Names.Any(IsBesidePath) && !held)
            file.Content.Files.Remove(file);
    }

    private bool IsBesidePath(string path) => names.Any(n => Name(path).StartsWith(n, StringComparison.Ordinal));

    private bool IsHeld(string path) =>
        rig.IsRunning && rig.Tree.Look(path, out FileStatus status) == FilePresence.There
        && rig.Finder.Sources.Any(s => s.Handle is { } handle && handle.Status().Identity == status.Identity);

    /// <summary>The agent has looked at everything: what is there now is read and held.</summary>
    private void Looked(bool copies)
    {
        if (!isListed)
            return;
        foreach (ModelContent content in contents)
        {
            foreach (ModelFile file in content.Files)
            {
                if (content.IsForgotten || (!file.IsOriginal && (!copies || content.Origin is { IsPermitted: false })))
                    continue;
                if (file.IsOriginal && file.Names.Count > 0 && file.IsPermitted)
                    content.Shown = Math.Max(content.Shown, file.Length);
                if (file.IsPermitted)
                    content.Secured = Math.Max(content.Secured, file.Length);
            }
        }
    }

    /// <summary>Only what the spool has, or bucks have, is sure to come out of destroyed files.</summary>
    private void Died()
    {
        collector.Add(rig, forgot);
        NoteSpooled();
        foreach (ModelContent content in contents)
        {
            content.Secured = Delivered(content)?.Length ?? 0;
            content.Shown = 0;
            content.Files.RemoveAll(f => !f.Names.Any(IsBesidePath));
        }
    }

    private ModelCollector.Variant? Delivered(ModelContent content)
    {
        ModelCollector.Variant? best = null;
        foreach (ModelCollector.Variant variant in collector.Variants)
        {
            if ((variant.Descriptor?.Path ?? content.Path) == content.Path && variant.Length > (best?.Length ?? 0) && content.Bytes.StartsWith(variant.Bytes))
                best = variant;
        }
        return best;
    }

    private void Check()
    {
        List<ModelCollector.Variant> rest = [.. collector.Variants.Where(v => v.Length > 0)];
        foreach (ModelContent content in contents)
        {
            int must = Math.Max(content.Secured, content.Available);
            ModelCollector.Variant? found = Delivered(content);
            int got = found?.Length ?? 0;
            if (got < must)
                throw new InvalidOperationException($"{Name(content.Path)} content {content.Number}: {got} bytes delivered of {must} that must be ({content.Length} written)");
            if (found is null)
                continue;
            content.Source = found.Descriptor;
            rest.Remove(found);
            if (content.MayRepeat || forgot)
                rest.RemoveAll(v => (v.Descriptor?.Path ?? content.Path) == content.Path && content.Bytes.StartsWith(v.Bytes));
            CheckReports(content, found, got);
        }
        if (rest.Count > 0)
            throw new InvalidOperationException($"{rest.Count} sources delivered that nobody wrote, or twice; the first is {rest[0].Descriptor?.Path} {rest[0].Id} with {rest[0].Length} bytes: {System.Text.Encoding.Latin1.GetString(rest[0].Bytes[..Math.Min(60, rest[0].Length)])}");
        CheckUnseen();
        if (forgot)
            return;
        // A source of which nobody has a byte (truncated since, or an archive that was deleted) may go on in a file that came later: where clocks are
        // set nothing tells.
        if (!setsClock || (happens & (Misfortune.Truncation | Misfortune.Archives)) == 0)
            CheckChain();
        CheckManifests();
    }

    private void CheckReports(ModelContent content, ModelCollector.Variant found, int got)
    {
        List<Skip> skips = collector.Skips.GetValueOrDefault(found.Id) ?? [];
        int reported = got;
        foreach (Skip skip in skips)
        {
            if (skip.To > (ulong)content.Length && !forgot)
                throw new InvalidOperationException($"{Name(content.Path)} content {content.Number}: a skip {skip} of {content.Length} bytes written");
            if (skip.From < (ulong)got && !forgot)
                throw new InvalidOperationException($"{Name(content.Path)} content {content.Number}: a skip {skip}, but {got} bytes were delivered");
            reported = Math.Max(reported, (int)skip.To);
        }
        if (content.Files.Count == 0 && content.Shown > reported && !content.IsForgotten)
            throw new InvalidOperationException($"{Name(content.Path)} content {content.Number}: {got} bytes delivered, {content.Shown} shown, and no skip says so");
        if (found.Descriptor?.FinalLength is { } final && !forgot && (final < (ulong)got || final > (ulong)content.Length))
            throw new InvalidOperationException($"{Name(content.Path)} content {content.Number}: said to end at {final}, {got} bytes were delivered of {content.Length}");
    }

    /// <summary>Of no path more files are said to be gone unseen than contents of it did not come out.</summary>
    private void CheckUnseen()
    {
        foreach ((string path, int files) in collector.Unseen)
        {
            int missing = contents.Count(c => c.Path == path && Delivered(c) is null);
            if (files > missing)
                throw new InvalidOperationException($"{files} files of {Name(path)} are said to be gone unseen, and {missing} are missing");
        }
    }

    private void NoteSpooled()
    {
        foreach (Packet? packet in bucks is null ? [] : rig.Packets())
        {
            if (packet is null)
                continue;
            PacketId block = BlockOf(packet);
            blocks[packet.Id] = block;
            spooled.Add(block);
        }
    }

    /// <summary>
    /// Bucks have every block that was in the spool and that no power loss took, whatever clock had sealed it; of what they have twice one says
    /// so; and manifests that they have name just the packets that they have.
    /// </summary>
    private void CheckBucks(SpoolStore last)
    {
        NoteSpooled();
        if (last.Delivered != last.End)
            throw new InvalidOperationException($"bucks have not taken all: {last.UndeliveredBytes} bytes are left");
        Packet[] taken = [.. bucks!.Packets];
        HashSet<PacketId> takenBlocks = [.. taken.Select(BlockOf)];
        spooled.ExceptWith(takenBlocks);
        if (spooled.Count > 0)
            throw new InvalidOperationException($"{spooled.Count} blocks that were in the spool have reached no buck");
        if (forgot)
            return;
        var held = new CoverageMap();
        foreach (SourceRange range in taken.SelectMany(packet => packet.Header.Sources).Where(range => !range.MayRepeat))
        {
            if (held.Intersects(range.Source, new ByteRange(range.From, range.To)))
                throw new InvalidOperationException($"{range.Source} {range.From}..{range.To} repeats and does not say so");
            held.Add(range.Source, [new ByteRange(range.From, range.To)]);
        }
        HashSet<PacketId> named = [.. bucks.Manifests.SelectMany(manifest => manifest.Packets)];
        // One that was ahead of the bucks' limit by so little that they took the manifest a moment later: a porter asks for it, and gets it.
        HashSet<PacketId> askedFor = [.. rig.Packets().Select(packet => packet.Id)];
        // Ahead by just as much as bucks allow, they refuse a packet and take the manifest that names it, where a kill has the agent forget that it sealed it again.
        if (happens.HasFlag(Misfortune.ClockSet))
            named.RemoveWhere(id => blocks.TryGetValue(id, out PacketId block) && takenBlocks.Contains(block));
        Assert.Subset(taken.Select(packet => packet.Id).Concat(askedFor).ToHashSet(), named);
        // Or they take a packet and not the manifest, and that is said again without it.
        if (!happens.HasFlag(Misfortune.ClockSet))
            Assert.Superset(taken.Select(packet => packet.Id).ToHashSet(), named);
    }

    private static PacketId BlockOf(Packet packet) => Packet.IdOf(packet.Payload);

    /// <summary>Predecessors lead from newer to older contents of the same path.</summary>
    private void CheckChain()
    {
        Dictionary<SourceId, int> numbers = contents.Where(c => c.Source is not null).ToDictionary(c => c.Source!.Id, c => c.Number);
        foreach (ModelContent content in contents)
        {
            // An archive of what was written late, into a file that nobody saw with a byte in it, does not say what it came before.
            if (content.BeganRotated && content.Origin is { Names.Count: 0 })
                continue;
            if (content.Source is not { } source || !numbers.TryGetValue(source.Predecessor, out int before) || before < content.Number)
                continue;
            // The file had been seen, and no byte of what is in it: nothing tells that what a copy has of it came before that.
            if (content.Origin != contents[before].Origin || source.Inode == contents[before].Source!.Inode)
                throw new InvalidOperationException($"content {content.Number} of {Name(content.Path)} follows {before}");
        }
    }

    /// <summary>
    /// Manifests form a chain and name every packet once. Where the clock was set, one may begin before the one before it ended, packets are named again that
    /// were sealed again before their manifest was said again, and packets are pruned sooner than the manifests that name them.
    /// </summary>
    private void CheckManifests()
    {
        List<Manifest> manifests = rig.Manifests();
        for (int i = 1; i < manifests.Count; i++)
        {
            if (!setsClock)
                Assert.Equal(manifests[i - 1].CoversTo, manifests[i].CoversFrom);
            Assert.True(manifests[i].CoversFrom <= manifests[i - 1].CoversTo, "what no manifest covers is between two");
            Assert.Equal(Packet.IdOf(manifests[i - 1].ToArray()), manifests[i].Previous);
        }
        IEnumerable<PacketId> packets = rig.Packets().Select(p => p.Id), named = manifests.SelectMany(m => m.Packets);
        if (setsClock)
            Assert.Subset(named.ToHashSet(), packets.ToHashSet());
        else
            Assert.Equal(packets.Order(), named.Order());
    }
}
