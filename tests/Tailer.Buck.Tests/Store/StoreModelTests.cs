using FsCheck.Xunit;
using Tailer.Blocks;
using Xunit.Abstractions;

namespace Tailer.Buck.Tests;

/// <summary>
/// Random actions on a store of several disks, against a model of what each disk holds. A seed that failed is printed with what was done.
/// </summary>
public sealed class StoreModelTests(ITestOutputHelper output)
{
    private const int Actions = 120;

    [Property(MaxTest = 150)]
    public void What_was_acknowledged_is_there_once_after_any_actions(int seed)
    {
        var run = new ModelRun(seed);
        try
        {
            for (int i = 0; i < Actions; i++)
                run.Act();
            run.End();
        }
        catch (Exception)
        {
            output.WriteLine($"seed {seed}: {string.Join("; ", run.Log)}");
            throw;
        }
    }

    private sealed class ModelRun
    {
        private readonly Random random;
        private readonly SimulatedDisks test;
        private readonly Packets packets;
        private readonly List<Packet> made = [];
        private readonly ulong now = LogTime.Floor(1_767_225_600 * LogTime.PerSecond, LogTime.PerMinute);

        /// <summary>By disk: what it must hold; true when also after a power loss.</summary>
        private readonly Dictionary<PacketId, bool>[] holds;

        /// <summary>By disk: what it may hold or not, after a power loss.</summary>
        private readonly HashSet<PacketId>[] maybe;

        /// <summary>By disk: what a failed sync may have lost and a new process cannot know of. No sync makes it durable.</summary>
        private readonly HashSet<PacketId>[] doubtful;

        /// <summary>By disk: the buckets this process has opened there, which are those that it syncs.</summary>
        private readonly HashSet<BucketKey>[] opened;

        public ModelRun(int seed)
        {
            random = new Random(seed);
            packets = new Packets { Seed = seed };
            int disks = 1 + random.Next(4);
            // With a limit, which nothing reaches, the disks have threads.
            test = new SimulatedDisks(disks, seed % 4 == 0 ? TimeSpan.FromMinutes(5) : Timeout.InfiniteTimeSpan, 1, 3, 2, 1);
            Array.ForEach(test.Faulty, disk => disk.ForgetsUnsynced = true);
            holds = [.. test.Memory.Select(_ => new Dictionary<PacketId, bool>())];
            maybe = [.. test.Memory.Select(_ => new HashSet<PacketId>())];
            doubtful = [.. test.Memory.Select(_ => new HashSet<PacketId>())];
            opened = [.. test.Memory.Select(_ => new HashSet<BucketKey>())];
        }

        public List<string> Log { get; } = [];

        public void Act()
        {
            int disk = random.Next(test.Memory.Length);
            switch (random.Next(20))
            {
                case < 8:
                    Append(New());
                    break;
                case < 11:
                    if (made.Count > 0)
                        Append(made[random.Next(made.Count)]);
                    break;
                case < 14:
                    Sync(disk);
                    break;
                case 14:
                    Log.Add($"disk {disk} breaks");
                    test.Faulty[disk].Break();
                    break;
                case 15:
                    Log.Add($"disk {disk} fails once, with one of its next operations");
                    test.Faulty[disk].Repair();
                    test.Faulty[disk].FailAt = random.Next(1, 12);
                    break;
                case 16:
                    Return(disk);
                    break;
                case 17:
                    Prune(disk);
                    break;
                case 18:
                    Log.Add("killed");
                    Restart();
                    break;
                default:
                    LosePower();
                    break;
            }
        }

        public void End()
        {
            for (int disk = 0; disk < test.Memory.Length; disk++)
                Return(disk);
            Check();
            Restart();
            Check();
        }

        private Packet New()
        {
            Packet packet = packets.Make([$"line {made.Count} {new string('x', random.Next(600))}"], now - ((ulong)random.Next(3) * LogTime.PerMinute));
            made.Add(packet);
            return packet;
        }

        private bool IsThere(int disk) => test.Store.Disks[disk].IsThere;

        private void Append(Packet packet)
        {
            StoreResult result = test.Append(packet);
            int on = result.Disk is { } disk ? test.IndexOf(disk) : -1;
            Log.Add($"packet {packet.Header.Number} is {result.Outcome} on {on}");
            if (on >= 0)
                opened[on].Add(TestStore.KeyOf(packet));
            int[] there = [.. Enumerable.Range(0, holds.Length).Where(IsThere)];
            if (result.Outcome == StoreOutcome.Stored)
            {
                Assert.DoesNotContain(there, i => holds[i].ContainsKey(packet.Id));
                holds[on][packet.Id] = false;
                maybe[on].Remove(packet.Id);
                doubtful[on].Remove(packet.Id);
            }
            else if (result.Outcome == StoreOutcome.Repeat)
            {
                Assert.True(holds[on].ContainsKey(packet.Id) || maybe[on].Contains(packet.Id), "a repeat of what was never stored there");
                holds[on].TryAdd(packet.Id, false);
                maybe[on].Remove(packet.Id);
            }
            else
            {
                Assert.Empty(there);
            }
        }

        private void Sync(int disk)
        {
            // As a connection that asked for it: what is acknowledged after this must survive everything.
            Task waiting = test.Loops[disk].CommitAsync();
            if (!IsThere(disk))
                return;
            test.Loops[disk].SyncOnce();
            Log.Add($"sync of disk {disk}: {waiting.Status}");
            if (waiting.IsCompletedSuccessfully)
                AllDurable(disk);
        }

        private void Return(int disk)
        {
            if (IsThere(disk))
            {
                test.Faulty[disk].Repair();
                return;
            }
            string? trouble = test.Return(disk);
            Log.Add($"disk {disk} returns: {trouble ?? "there"}");
            Assert.Null(trouble);
            AllDurable(disk);
        }

        private void AllDurable(int disk)
        {
            foreach (Packet packet in made.Where(packet => holds[disk].ContainsKey(packet.Id) && opened[disk].Contains(TestStore.KeyOf(packet)) && !doubtful[disk].Contains(packet.Id)))
                holds[disk][packet.Id] = true;
        }

        private void Prune(int disk)
        {
            if (!IsThere(disk))
                return;
            BucketFile[] files = [.. test.Store.Files().Where(file => file.Disk == test.Store.Disks[disk])];
            if (files.Length == 0)
                return;
            BucketFile pruned = files[random.Next(files.Length)];
            HashSet<PacketId> went = [];
            try
            {
                bool? done = test.Store.TryPrune(pruned, facts =>
                {
                    went = [.. facts.Records.Select(record => record.Id)];
                    return true;
                });
                Log.Add($"prune of {pruned.Key} on {disk}: {done}");
            }
            catch (IOException e)
            {
                Log.Add($"prune of {pruned.Key} on {disk}: {e.Message}");
            }
            // Not synced, it may come back.
            foreach (PacketId id in went)
            {
                holds[disk].Remove(id);
                maybe[disk].Add(id);
            }
        }

        private void Restart()
        {
            for (int disk = 0; disk < holds.Length; disk++)
            {
                if (!IsThere(disk))
                    doubtful[disk].UnionWith(holds[disk].Where(held => !held.Value).Select(held => held.Key));
                opened[disk].Clear();
            }
            test.Start();
        }

        private void LosePower()
        {
            int seed = random.Next();
            Log.Add($"the power goes, {seed}");
            for (int disk = 0; disk < holds.Length; disk++)
            {
                test.Memory[disk].LosePower(random.Next(2) == 0 ? null : seed + disk);
                foreach ((PacketId id, bool durable) in holds[disk].ToArray())
                {
                    if (durable)
                        continue;
                    holds[disk].Remove(id);
                    maybe[disk].Add(id);
                }
            }
            Restart();
            Array.ForEach(doubtful, ids => ids.Clear());
        }

        private void Check()
        {
            ILookup<PacketId, int> stored = test.Stored().ToLookup(s => s.Id, s => s.Disk);
            for (int disk = 0; disk < holds.Length; disk++)
            {
                if (!IsThere(disk))
                    continue;
                foreach (PacketId id in holds[disk].Keys)
                    Assert.True(stored[id].Count(d => d == disk) == 1, $"packet {made.Single(p => p.Id == id).Header.Number} is {stored[id].Count(d => d == disk)} times on disk {disk}");
                foreach (PacketId id in stored.Where(s => s.Contains(disk)).Select(s => s.Key))
                    Assert.True(holds[disk].ContainsKey(id) || maybe[disk].Contains(id), "something is there that was not stored there");
            }
        }
    }
}
