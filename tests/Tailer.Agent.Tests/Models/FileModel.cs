using System.Text;
using Tailer.Agent.Tests.Spool;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>
/// Does what programs, rotation and misfortune do to files and agent, and knows what must come out.
/// <para>
/// <b>What was there to be read.</b> A content is the bytes written to a followed path from the creation of a file, or its truncation,
/// to the next one. Of each content the agent must deliver its first R bytes, exactly, once, in order, and nothing else, where R is the
/// greater of
/// </para>
/// <list type="bullet">
/// <item>what can still be had at the end: the length of the longest file that holds its bytes: the file itself under any name that
/// rotation gives, a copy that copytruncate made, or a whole archive of one of these, beside the path;</item>
/// <item>what was secured: the length that was there when the running agent last looked at everything, if that agent lived until it
/// had spooled it; of a file without a name what its writers added while that agent held it open; after a kill or a power loss what
/// the spool or a buck had of it.</item>
/// </list>
/// <para>
/// More than R may come, as far as it was written. What is not delivered, and was shown to the agent since its last start, is in a
/// manifest as a skip from the last delivered byte on; no skip names a byte that was delivered or never written.
/// Of a path that the agent sees for the first time, after its first start, files that have the names of rotated ones were at it if
/// they are younger than its last look at everything; so that, if the clock was set back meanwhile, they were not there to be read. The same of archives of what was last written while the
/// clock stood before the agent first saw the path.
/// Copies of a file that was truncated while it must not be read are not there to be read, and while a file must not be read nobody can tell whether it was truncated, and what its
/// copies are.
/// A lost state directory takes with it what the agent knew: files that have the names of rotated ones are then not followed, and the
/// bytes of truncated files may come again as another source.
/// </para>
/// </summary>
internal sealed partial class FileModel(int seed, AgentRig rig, MemoryDisk? disk, Misfortune happens) : IDisposable
{
    private const int Kept = 4;
    private static readonly string[] Endings = ["", ".gz", ".zst"];

    private readonly Random random = new(seed);
    private readonly List<ModelContent> contents = [];
    private readonly Dictionary<string, ModelFile> files = new(StringComparer.Ordinal);
    private readonly StringBuilder history = new();
    private readonly ModelCollector collector = new();
    private readonly string[] names = ["a.log", "b.log"];
    private int line;
    private int extra;
    private bool forgot;
    private ulong sinceNs;

    public void Dispose() => collector.Dispose();

    /// <summary>What was done, and what came of it.</summary>
    public string History =>
        $"{history}contents:\n{string.Join('\n', contents.Select(c => $"  {c.Number} {Name(c.Path)} {c.Length} bytes, secured {c.Secured}, available {c.Available}: {Start(c.Bytes)}"))}\ndelivered:\n"
        + string.Join('\n', collector.Variants.Select(v => $"  {Name(v.Descriptor?.Path ?? "")} {v.Id} inode {v.Descriptor?.Inode} incarnation {v.Descriptor?.Incarnation} after {v.Descriptor?.Predecessor}: {v.Length} bytes: {Start(v.Bytes)}"));

    private bool InMemory => disk is not null;

    /// <summary>Somebody sets the clock now and then, once the agent knows the paths.</summary>
    private readonly bool setsClock = (happens & (Misfortune.ClockSet | Misfortune.ClockAhead)) != 0;

    /// <summary>How far the host's clock is ahead of that of the bucks, which is right.</summary>
    private TimeSpan ahead;
    private ClockedBucks? bucks;

    /// <summary>Blocks that were in the spool and that no power loss took: bucks must have them in the end.</summary>
    private readonly HashSet<PacketId> spooled = [];

    /// <summary>The block of each packet that was ever in the spool.</summary>
    private readonly Dictionary<PacketId, PacketId> blocks = [];

    public void Run(int steps)
    {
        rig.Log = new HistoryLog(history);
        rig.IsTold = happens.HasFlag(Misfortune.Notices);
        if (happens.HasFlag(Misfortune.ClockAhead))
            bucks = new ClockedBucks(() => LogTime.From(rig.Clock.GetUtcNow() - ahead));
        Start();
        // The first start ignores what merely looks like rotations; from then on it must miss nothing.
        rig.Step();
        if (setsClock)
        {
            foreach (string name in names)
                Write(rig.PathOf(name), whole: true);
            Pass();
            sinceNs = rig.Tree.NowNs;
        }
        for (int i = 0; i < steps; i++)
            Act();
        Say("end");
        foreach (string path in files.Keys.Append(rig.Logs))
            Permit(path, true);
        if (!rig.IsRunning)
            Start();
        if (bucks is not null)
            SetAhead(default);
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(5));
        bucks?.Step();
        rig.Pass(TimeSpan.FromSeconds(100));
        bucks?.Step();
        SpoolStore last = rig.Spool;
        rig.Stop();
        bucks?.Step();
        collector.Add(rig, forgot);
        Check();
        if (bucks is not null)
            CheckBucks(last);
    }

    private void Start()
    {
        rig.Start();
        bucks?.Connect(rig.Spool, rig.Clock);
    }

    private void Act()
    {
        // A file that has the inode number of one just deleted, and its birth time to the step of the clock, is a test of its own.
        rig.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(4, 15)));
        if (bucks is not null && random.Next(12) == 0)
        {
            SetAhead(ahead < TimeSpan.FromMinutes(1) ? TimeSpan.FromHours(random.Next(2, 10_000)) : random.Next(4) == 0 ? ahead / 2 : default);
            return;
        }
        string path = rig.PathOf(names[random.Next(names.Length)]);
        switch (random.Next(140))
        {
            case < 35: Write(path, whole: true); break;
            case < 45: Write(path, whole: false); break;
            case < 57: Rotate(path); break;
            case < 66 when !happens.HasFlag(Misfortune.Truncation): break;
            case < 61: CopyTruncate(path); break;
            case < 63: Truncate(path, regrow: false); break;
            case < 66: Truncate(path, regrow: true); break;
            case < 70: Delete(path); break;
            case < 73: WriteToRotated(path); break;
            case < 75: Do(Misfortune.Links, () => Link(path)); break;
            case < 83: Do(Misfortune.Archives, () => Compress(path)); break;
            case < 107: Step(); break;
            case < 113: Pass(); break;
            case < 123: KillOrStart(); break;
            case < 125: Do(Misfortune.PowerLoss, LosePower); break;
            case < 126: Do(Misfortune.LostState, LoseState); break;
            case < 130: Do(Misfortune.ClockSet, SetClock); break;
            case < 134: Do(Misfortune.Permissions, () => PermitSome(path)); break;
            default: Deliver(); break;
        }
    }

    private void Do(Misfortune what, Action action)
    {
        if (happens.HasFlag(what))
            action();
    }

    private void Write(string path, bool whole)
    {
        int size = random.Next(20) == 0 ? random.Next(InMemory ? 20_000 : 200_000) : random.Next(60);
        Append(path, Line(size, whole));
    }

    private byte[] Line(int size, bool whole) =>
        Encoding.Latin1.GetBytes($"{line++} {new string((char)('a' + random.Next(26)), size)}{(whole ? random.Next(4) == 0 ? "\r\n" : "\n" : "")}");

    private void Append(string path, byte[] bytes)
    {
        Say($"write {Name(path)} {bytes.Length}");
        if (!files.TryGetValue(path, out ModelFile? file))
        {
            file = new ModelFile(NewContent(path), null);
            file.Content.Files.Add(file);
            file.Content.Origin = file;
            Put(path, file);
        }
        rig.Files.Append(path, bytes);
        file.Content.BeganRotated |= file.Content.Length == 0 && path != file.Content.Path;
        file.Content.Append(bytes);
    }

    private ModelContent NewContent(string path)
    {
        var content = new ModelContent(path, contents.Count);
        contents.Add(content);
        return content;
    }

    private void Rotate(string path)
    {
        if (!files.ContainsKey(path))
            return;
        Say($"rotate {Name(path)}");
        Shift(path);
        Move(path, path + ".1");
    }

    private void Shift(string path)
    {
        foreach (string ending in Endings)
            Unlink($"{path}.{Kept}{ending}");
        for (int i = Kept - 1; i > 0; i--)
        {
            foreach (string ending in Endings)
                Move($"{path}.{i}{ending}", $"{path}.{i + 1}{ending}");
        }
    }

    private void CopyTruncate(string path)
    {
        if (!files.TryGetValue(path, out ModelFile? file) || file.Length == 0)
            return;
        Say($"copytruncate {Name(path)}");
        Shift(path);
        Copy(file, path, path + ".1", Packing.None);
        if (random.Next(3) == 0)
            Append(path, Line(5, whole: true));
        Empty(path);
    }

    private void Truncate(string path, bool regrow)
    {
        if (!files.TryGetValue(path, out ModelFile? file) || file.Length == 0)
            return;
        Say($"truncate {Name(path)}");
        int size = file.Length;
        Empty(path);
        if (regrow)
            Append(path, Line(size + random.Next(50), whole: true));
    }

    private void Empty(string path)
    {
        ModelFile file = files[path];
        file.Content.Files.Remove(file);
        // Nobody who could not read it knows its copies.
        file.Content.IsForgotten |= !file.IsPermitted;
        rig.Files.Truncate(path, 0);
        file.Content = NewContent(file.Content.Path);
        file.Content.Files.Add(file);
        file.Content.Origin = file;
    }

    private void Delete(string path)
    {
        string[] there = [.. files.Keys.Where(p => p.StartsWith(path, StringComparison.Ordinal))];
        if (there.Length == 0)
            return;
        string chosen = there[random.Next(there.Length)];
        Say($"delete {Name(chosen)}");
        Unlink(chosen);
    }

    private void WriteToRotated(string path)
    {
        if (files.TryGetValue(path + ".1", out ModelFile? file) && file.IsOriginal)
            Append(path + ".1", Line(3, whole: true));
    }

    private void Link(string path)
    {
        if (!files.TryGetValue(path, out ModelFile? file))
            return;
        string name = rig.PathOf($"kept-{extra++}");
        Say($"link {Name(path)} {Name(name)}");
        rig.Files.Link(path, name);
        Put(name, file);
    }

    /// <summary>As gzip and zstd do: the archive, with the time of the file, and then the file goes.</summary>
    private void Compress(string path)
    {
        string[] there = [.. Enumerable.Range(1, Kept).Select(i => $"{path}.{i}").Where(p => files.TryGetValue(p, out ModelFile? f) && f.IsPermitted)];
        if (there.Length == 0)
            return;
        string chosen = there[random.Next(there.Length)];
        Packing packing = random.Next(2) == 0 ? Packing.Gzip : Packing.Zstd;
        string archive = chosen + (packing == Packing.Gzip ? ".gz" : ".zst");
        if (files.ContainsKey(archive))
            return;
        Say($"compress {Name(chosen)} {packing}");
        Copy(files[chosen], chosen, archive, packing);
        rig.Files.CopyModified(chosen, archive);
        Unlink(chosen);
    }

    private void Copy(ModelFile file, string from, string to, Packing packing)
    {
        if (setsClock && packing != Packing.None && rig.Tree.Look(from, out FileStatus status) == FilePresence.There && status.ModifiedNs <= sinceNs)
            file.Content.IsForgotten = true;
        byte[] bytes = rig.Files.ReadAll(from);
        var copy = new ModelFile(file.Content, bytes.Length);
        byte[] packed = Archives.Pack(bytes, packing);
        int half = packed.Length / 2;
        rig.Files.Append(to, packed.AsSpan(0, half));
        Put(to, copy);
        // The agent may look while it is written.
        if (random.Next(3) == 0)
            Step();
        rig.Files.Append(to, packed.AsSpan(half));
        file.Content.Files.Add(copy);
    }

    private void Step()
    {
        if (!rig.IsRunning)
            return;
        Say("step");
        rig.Step();
        Looked(copies: false);
    }

    private void Pass()
    {
        TimeSpan time = TimeSpan.FromSeconds(random.Next(3) == 0 ? 40 : 4);
        Say($"pass {time.TotalSeconds}");
        if (!rig.IsRunning)
        {
            rig.Clock.Advance(time);
            return;
        }
        rig.Pass(time);
        Looked(copies: true);
    }

    private void KillOrStart()
    {
        Say(rig.IsRunning ? "kill" : "start");
        if (!rig.IsRunning)
        {
            Start();
            return;
        }
        if (random.Next(4) == 0)
            rig.Stop();
        else
            rig.Kill();
        Died();
    }

    private void LosePower()
    {
        if (disk is null || !rig.IsRunning)
            return;
        Say("power");
        // What was spooled may have been sent before the power went.
        if (random.Next(2) == 0)
            collector.Add(rig, forgot);
        rig.Kill();
        disk.LosePower(random.Next());
        rig.Boot += "+";
        spooled.Clear();
        rig.MayBeDamaged = true;
        forgot = true;
        Died();
    }

    private void LoseState()
    {
        if (disk is null || rig.IsRunning)
            return;
        Say("state lost");
        if (random.Next(2) == 0)
            collector.Add(rig, forgot);
        DeleteTree(rig.State);
        spooled.Clear();
        forgot = true;
        foreach (ModelContent content in contents)
        {
            content.MayRepeat = true;
            content.IsForgotten |= !content.Files.Any(f => f.Names.Contains(content.Path));
        }
        Died();
        // As at the beginning: what is at a path when it is first seen is not told by clocks that are set.
        foreach (string name in setsClock ? names : [])
            Write(rig.PathOf(name), whole: true);
        Start();
        rig.Step();
        sinceNs = rig.Tree.NowNs;
        Looked(copies: false);
    }

    private void DeleteTree(string directory)
    {
        foreach (string name in rig.Disk.List(directory))
        {
            string path = Path.Combine(directory, name);
            if (rig.Disk.List(directory).Count > 0 && IsDirectory(path))
                DeleteTree(path);
            else
                rig.Disk.Delete(path);
        }
        rig.Disk.DeleteDirectory(directory);
    }

    private bool IsDirectory(string path)
    {
        try
        {
            _ = rig.Disk.List(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void SetClock()
    {
        TimeSpan by = TimeSpan.FromSeconds(random.Next(4) switch { 0 => 3600, 1 => -3600, 2 => 7, _ => -7 })
            // No kernel stamps two files alike because its clock was set back: its ticks come at other fractions of a second then.
            + TimeSpan.FromTicks(random.Next(1, 10_000));
        Say($"clock {by.TotalSeconds}");
        rig.Clock.Set(by);
        ahead += by;
    }

    /// <summary>The host's clock is wrong, by so much, or right.</summary>
    private void SetAhead(TimeSpan by)
    {
        // No kernel stamps two files alike because its clock was set back.
        by += TimeSpan.FromTicks(random.Next(1, 10_000));
        Say($"clock ahead by {by.TotalHours:0.00} h");
        rig.Clock.Set(by - ahead);
        ahead = by;
    }

    private void PermitSome(string path)
    {
        if (!InMemory)
            return;
        bool directory = random.Next(3) == 0;
        string chosen = directory ? rig.Logs : path;
        if (!directory && !files.ContainsKey(path))
            return;
        bool allowed = random.Next(2) == 0;
        Say($"permit {Name(chosen)} {allowed}");
        Permit(chosen, allowed);
        // Programs and rotation run as another user: nothing but looking is in the way.
        if (directory && !allowed)
        {
            Step();
            Permit(chosen, true);
        }
    }

    private void Permit(string path, bool allowed)
    {
        if (!InMemory)
            return;
        if (files.TryGetValue(path, out ModelFile? file))
            file.IsPermitted = allowed;
        isListed = path != rig.Logs || allowed;
        rig.Files.Permit(path, allowed);
    }

    private bool isListed = true;

    /// <summary>Bucks take everything that is in the spool.</summary>
    private void Deliver()
    {
        if (!rig.IsRunning)
            return;
        Say("deliver");
        collector.Add(rig, forgot);
        if (bucks is null)
        {
            rig.Spool.Report(new DeliveryProgress(rig.Spool.End, []), rig.Spool.UndeliveredBytes);
            return;
        }
        NoteSpooled();
        bucks.Step();
    }

    private static string Start(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes[..Math.Min(24, bytes.Length)]).ReplaceLineEndings("|");

    private static string Name(string path) => Path.GetFileName(path);

    private void Say(string what) => history.AppendLine(what);
}
