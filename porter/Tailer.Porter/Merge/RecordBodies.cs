using Microsoft.Extensions.Logging;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>Reads bodies of held records, one good copy of each: where one is damaged, gone or its buck down, another is taken.</summary>
internal sealed class RecordBodies(PorterMetrics metrics, ILogger<RecordBodies> logger)
{
    /// <summary>Records asked for at once: bounded by the wire, and small enough that another request of the buck gets its turn.</summary>
    private const int BatchRecords = 256;

    /// <summary>
    /// Calls <paramref name="take"/> with a body of each record, in no particular order; the body is valid during the call. False from it
    /// means "damaged": the next copy is tried. Returns the records of which no copy could be had.
    /// </summary>
    public async Task<IReadOnlyList<HeldRecord>> ReadAsync(IReadOnlyCollection<HeldRecord> records, Func<HeldRecord, ReadOnlyMemory<byte>, bool> take, CancellationToken stopping)
    {
        List<HeldRecord> open = [.. records];
        int attempts = records.Count == 0 ? 0 : records.Max(record => record.Copies.Count);
        for (int attempt = 0; attempt < attempts && open.Count > 0; attempt++)
        {
            List<HeldRecord> failed = [];
            foreach (var group in open.GroupBy(record => FileOf(record, attempt)))
            {
                if (group.Key is not var (buck, file))
                    failed.AddRange(group);
                else
                    failed.AddRange(await ReadAsync(buck, file, [.. group], attempt, take, stopping).ConfigureAwait(false));
            }
            open = failed;
        }
        return open;
    }

    private static (IBuck Buck, BucketFileName File)? FileOf(HeldRecord record, int attempt) =>
        attempt < record.Copies.Count ? (CopyOf(record, attempt).Buck, CopyOf(record, attempt).File) : null;

    /// <summary>Copies are tried round robin from one that the id chooses, so that bucks share the work.</summary>
    private static RecordCopy CopyOf(HeldRecord record, int attempt) =>
        record.Copies[(int)(((uint)record.Id.Value + (uint)attempt) % (uint)record.Copies.Count)];

    private async Task<List<HeldRecord>> ReadAsync(
        IBuck buck, BucketFileName file, List<HeldRecord> records, int attempt, Func<HeldRecord, ReadOnlyMemory<byte>, bool> take, CancellationToken stopping)
    {
        records.Sort((x, y) => CopyOf(x, attempt).Position.Position.CompareTo(CopyOf(y, attempt).Position.Position));
        var failed = new HashSet<HeldRecord>(records);
        try
        {
            foreach (HeldRecord[] batch in records.Chunk(BatchRecords))
            {
                await buck.ReadAsync(file, [.. batch.Select(record => CopyOf(record, attempt).Position)], (i, status, body) =>
                {
                    if (status == RecordStatus.Ok && take(batch[i], body))
                        failed.Remove(batch[i]);
                    else if (status != RecordStatus.Absent)
                        ReportDamage(buck.Name, file, batch[i], attempt);
                }, stopping).ConfigureAwait(false);
            }
        }
        catch (BuckException e)
        {
            PorterLog.ReadBrokeOff(logger, buck.Name, file.ToString(), e.Message);
        }
        return [.. failed];
    }

    private void ReportDamage(string buck, BucketFileName file, HeldRecord record, int attempt)
    {
        metrics.DamagedCopies.Add(1);
        PorterLog.DamagedCopy(logger, buck, file.ToString(), CopyOf(record, attempt).Position.Position, record.Id.ToString());
    }
}
