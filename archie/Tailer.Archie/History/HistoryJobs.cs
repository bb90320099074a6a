using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Archie;

/// <summary>
/// The list of history requests, kept in one small file that is replaced as a whole at every change of state, so that a
/// killed archie knows at its next start what it was doing. Progress is not written: it is found again in the files.
/// Safe for several threads.
/// </summary>
internal sealed class HistoryJobs
{
    public const string FileName = "jobs.json";

    /// <summary>Requests kept, done ones included. The oldest expired or failed ones make room; if none is, a new one is refused.</summary>
    public const int JobsMax = 200;

    private readonly Lock gate = new();
    private readonly IDisk disk;
    private readonly string path;
    private readonly Dictionary<string, HistoryJob> jobs = new(StringComparer.Ordinal);

    private HistoryJobs(IDisk disk, string folder)
    {
        this.disk = disk;
        path = Path.Combine(folder, FileName);
    }

    /// <summary>Reads the list. A damaged one is set aside as <c>jobs.json.damaged</c>: loads are copies, and can be asked for again.</summary>
    public static HistoryJobs Open(IDisk disk, string folder, out bool damaged)
    {
        var list = new HistoryJobs(disk, folder);
        damaged = false;
        if (disk.ReadAll(list.path) is not { } bytes)
            return list;
        try
        {
            foreach (HistoryJob job in JsonSerializer.Deserialize(bytes, HistoryJson.Default.HistoryJobArray) ?? [])
                list.jobs[job.Id] = job;
        }
        catch (JsonException)
        {
            damaged = true;
            disk.Rename(list.path, list.path + ".damaged");
        }

        return list;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<HistoryJob> All()
    {
        lock (gate)
            return [.. jobs.Values.OrderByDescending(job => job.Created).ThenBy(job => job.Id, StringComparer.Ordinal)];
    }

    public bool TryFind(string id, [NotNullWhen(true)] out HistoryJob? job)
    {
        lock (gate)
            return jobs.TryGetValue(id, out job);
    }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>False when the list is full of requests that are still of use.</summary>
    public bool TryAdd(HistoryJob job)
    {
        lock (gate)
        {
            if (jobs.Count >= JobsMax)
            {
                HistoryJob? done = jobs.Values.Where(j => j.State is HistoryState.Expired or HistoryState.Failed).MinBy(j => j.Created);
                if (done is null)
                    return false;
                jobs.Remove(done.Id);
            }

            jobs.Add(job.Id, job);
            Save();
            return true;
        }
    }

    /// <summary>
    /// Replaces a job by what <paramref name="change"/> makes of the newest state of it, and writes the list when that changed
    /// more than the progress. Returns what it is now; null when it was removed meanwhile. The same instance means "no change".
    /// </summary>
    public HistoryJob? Change(string id, Func<HistoryJob, HistoryJob> change)
    {
        lock (gate)
        {
            if (!jobs.TryGetValue(id, out HistoryJob? before))
                return null;
            HistoryJob after = change(before);
            jobs[id] = after;
            if (after with { Progress = before.Progress } != before)
                Save();
            return after;
        }
    }

    public bool Remove(string id)
    {
        lock (gate)
        {
            if (!jobs.Remove(id))
                return false;
            Save();
            return true;
        }
    }

    /// <summary>Bytes that loaded and loading jobs take or will take.</summary>
    public long BytesInUse()
    {
        lock (gate)
            return jobs.Values.Where(j => j.State is HistoryState.Loading or HistoryState.Ready).Sum(j => j.Estimate.Bytes + j.Estimate.UnsealedBytes);
    }

    /// <summary>Ends the time of jobs, and forgets those that ended a day ago. Returns the ids whose files have to go.</summary>
    public IReadOnlyList<string> Expire(ulong now)
    {
        lock (gate)
        {
            var ended = new List<string>();
            bool changed = false;
            foreach (HistoryJob job in jobs.Values.ToArray())
            {
                if (job.State != HistoryState.Expired && job.Expires <= now)
                {
                    jobs[job.Id] = job with { State = HistoryState.Expired, Progress = null };
                    ended.Add(job.Id);
                    changed = true;
                }
                else if (job.State == HistoryState.Expired && job.Expires + LogTime.PerDay <= now)
                {
                    changed |= jobs.Remove(job.Id);
                }
            }

            if (changed)
                Save();
            return ended;
        }
    }

    private void Save() => AtomicFile.Write(disk, path, JsonSerializer.SerializeToUtf8Bytes([.. jobs.Values], HistoryJson.Default.HistoryJobArray));
}
