using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>
/// Runs targets on all cores and counts. An input that throws, takes too much memory or too long ends it; the input and the seed it
/// is from are in the message.
/// </summary>
internal sealed class FuzzRun(IReadOnlyList<FuzzTarget> targets, int times)
{
    private const int ChunkInputs = 5000;

    /// <summary>No input of 4 KiB is that slow, even on a machine with much else to do.</summary>
    private static readonly TimeSpan SlowestInput = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<(FuzzTarget Target, int Seed, int Inputs)> work = new(Chunks(targets, times));
    private readonly ConcurrentDictionary<string, Tally> tallies = new(targets.Select(t => KeyValuePair.Create(t.Name, new Tally())));
    private readonly ConcurrentBag<Watched> workers = [];
    private volatile bool failed;

    public long Inputs => tallies.Values.Sum(t => t.Inputs);

    public IEnumerable<string> Report => targets.Select(t => tallies[t.Name].Describe(t.Name));

    public async Task RunAsync()
    {
        Task all = Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await Task.WhenAny(all, second.WaitForNextTickAsync().AsTask()) != all)
            Assert.DoesNotContain(workers, w => w.IsStuck);
        await all;
    }

    private static IEnumerable<(FuzzTarget Target, int Seed, int Inputs)> Chunks(IReadOnlyList<FuzzTarget> targets, int times)
    {
        foreach (FuzzTarget target in targets)
        {
            long left = (long)target.Inputs * times;
            for (int seed = 0; left > 0; seed++, left -= ChunkInputs)
                yield return (target, seed, (int)Math.Min(left, ChunkInputs));
        }
    }

    private void Work()
    {
        while (!failed && work.TryDequeue(out (FuzzTarget Target, int Seed, int Inputs) chunk))
        {
            using FuzzDecoder decoder = chunk.Target.Start();
            var watched = new Watched(chunk.Target, chunk.Seed, decoder);
            workers.Add(watched);
            try
            {
                RunChunk(watched, chunk.Inputs);
            }
            catch
            {
                failed = true;
                throw;
            }
            finally
            {
                watched.IsDone = true;
            }
        }
    }

    private void RunChunk(Watched watched, int inputs)
    {
        Tally tally = tallies[watched.Target.Name];
        // Twice, so that what is made once is made.
        foreach (byte[] sample in watched.Target.Samples.Concat(watched.Target.Samples))
            watched.Try(sample, null);
        if (watched.Seed == 0)
        {
            foreach (byte[] cut in watched.Target.Samples.SelectMany(Cuts))
                watched.Try(cut, tally);
        }
        var random = new Random(watched.Seed);
        for (int n = 0; n < inputs && !failed; n++)
            watched.Try(watched.Target.Next(random), tally);
    }

    private static IEnumerable<byte[]> Cuts(byte[] sample)
    {
        for (int cut = 0; cut < sample.Length; cut += Math.Max(1, sample.Length / 100))
            yield return sample[..cut];
    }

    /// <summary>A chunk of inputs at work.</summary>
    private sealed class Watched(FuzzTarget target, int seed, FuzzDecoder decoder)
    {
        private byte[] input = [];
        private long started = Stopwatch.GetTimestamp();

        public FuzzTarget Target => target;

        public int Seed => seed;

        public bool IsDone { get; set; }

        public bool IsStuck => !IsDone && Stopwatch.GetElapsedTime(Volatile.Read(ref started)) > SlowestInput;

        public override string ToString() => $"{target.Name}, seed {seed}, stuck in {Convert.ToHexString(input)}";

        public void Try(byte[] next, Tally? tally)
        {
            input = next;
            Volatile.Write(ref started, Stopwatch.GetTimestamp());
            long before = GC.GetAllocatedBytesForCurrentThread(), allocated;
            try
            {
                decoder.Decode(next);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                decoder.Check?.Invoke(next);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{target.Name}, seed {seed}: {e.GetType().Name} on {Convert.ToHexString(next)}", e);
            }
            if (tally is null)
                return;
            tally.Add(allocated, Stopwatch.GetElapsedTime(started));
            if (allocated > target.AllocatedFixed + ((long)target.AllocatedPerByte * next.Length))
                throw new InvalidOperationException($"{target.Name}, seed {seed}: {allocated} bytes allocated for {next.Length}: {Convert.ToHexString(next)}");
        }
    }

    private sealed class Tally
    {
        private long inputs;
        private long mostBytes;
        private long longestTicks;
        private long ticks;

        public long Inputs => Interlocked.Read(ref inputs);

        public void Add(long allocated, TimeSpan took)
        {
            Interlocked.Increment(ref inputs);
            Raise(ref mostBytes, allocated);
            Raise(ref longestTicks, took.Ticks);
            Interlocked.Add(ref ticks, took.Ticks);
        }

        public string Describe(string name) => $"{name}: {Inputs:N0} inputs, most memory {mostBytes:N0} bytes, slowest {TimeSpan.FromTicks(longestTicks).TotalMilliseconds:N0} ms, together {TimeSpan.FromTicks(ticks).TotalSeconds:N1} s";

        private static void Raise(ref long most, long value)
        {
            long seen = Interlocked.Read(ref most);
            while (value > seen)
            {
                long was = Interlocked.CompareExchange(ref most, value, seen);
                if (was == seen)
                    return;
                seen = was;
            }
        }
    }
}
